-- Evidence that is safe to show: its bytes sealed, what was looked at and found, and the copy that reviewers get.

-- Sealed bytes in the blob store. sealed_key opens them and is itself sealed with the portal's key; without it they are lost
-- on purpose. size and sha256 are those of the bytes before they were sealed.
CREATE TABLE blob (
    place TEXT NOT NULL PRIMARY KEY,
    sealed_key TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    stored_at BIGINT NOT NULL
);
-- What belongs to a file: the bytes as they were sent, the copy without what tells who made it, and the text in it. A file
-- from before this table has its original in the clear, under its hash.
CREATE TABLE file_blob (
    file_id TEXT NOT NULL REFERENCES file (id),
    kind TEXT NOT NULL,
    place TEXT NOT NULL REFERENCES blob (place),
    PRIMARY KEY (file_id, kind),
    CONSTRAINT file_blob_kind CHECK (kind IN ('original', 'copy', 'text'))
);
CREATE INDEX file_blob_place ON file_blob (place);

-- How far a file is. fault says why it is refused; waits, why its turn has not come; report, what was taken out (JSON).
-- A node that works at it has put due_at off, and tries is the name of its claim.
CREATE TABLE file_check (
    file_id TEXT NOT NULL PRIMARY KEY REFERENCES file (id),
    state TEXT NOT NULL,
    fault TEXT,
    waits TEXT,
    malware TEXT,
    report TEXT,
    pages BIGINT,
    tries BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT file_check_state CHECK (state IN ('received', 'checking', 'cleaned', 'needs-you', 'refused', 'ready'))
);
CREATE INDEX file_check_due ON file_check (state, due_at);
-- What was found in the text of a file, each once; settled when somebody of the centre, or screening, says why it may stay.
CREATE TABLE file_finding (
    id TEXT NOT NULL PRIMARY KEY,
    file_id TEXT NOT NULL REFERENCES file (id),
    about TEXT NOT NULL,
    what TEXT NOT NULL,
    place TEXT NOT NULL,
    snippet TEXT NOT NULL,
    hash TEXT NOT NULL,
    found_at BIGINT NOT NULL,
    reason TEXT,
    settled_by TEXT REFERENCES account (id),
    settled_at BIGINT,
    CONSTRAINT file_finding_once UNIQUE (file_id, hash),
    CONSTRAINT file_finding_about CHECK (about IN ('identity', 'patient', 'unchecked'))
);

-- An upload that arrives in parts, each durable before it is acknowledged.
CREATE TABLE upload (
    id TEXT NOT NULL PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES application (id),
    account_id TEXT NOT NULL REFERENCES account (id),
    name TEXT NOT NULL,
    size BIGINT NOT NULL,
    received BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX upload_expires ON upload (expires_at);
CREATE INDEX upload_application ON upload (application_id);
CREATE TABLE upload_part (
    upload_id TEXT NOT NULL REFERENCES upload (id),
    start BIGINT NOT NULL,
    place TEXT NOT NULL REFERENCES blob (place),
    PRIMARY KEY (upload_id, start)
);

-- What the portal does by itself from time to time, and how the last time ended.
CREATE TABLE upkeep (
    name TEXT NOT NULL PRIMARY KEY,
    began_at BIGINT NOT NULL,
    ended_at BIGINT,
    outcome TEXT
);

-- Every file that is there already is looked at in its turn.
INSERT INTO file_check (file_id, state, tries, due_at, changed_at) SELECT id, 'received', 0, 0, stored_at FROM file;
