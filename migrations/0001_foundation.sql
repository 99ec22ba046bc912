-- One text for SQLite and PostgreSQL: TEXT identifiers, BIGINT milliseconds in UTC, BOOLEAN, named checks.
-- Identities (names, addresses of people and centres) stand in tables of their own: person, centre_identity.

CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY,
    password_hash TEXT,
    roles TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);

CREATE TABLE person (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id),
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    CONSTRAINT person_email_unique UNIQUE (email)
);

CREATE TABLE session (
    key_hash TEXT NOT NULL PRIMARY KEY,
    account_id TEXT REFERENCES account (id),
    data TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE cycle (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    edition TEXT NOT NULL,
    zone TEXT NOT NULL,
    opens_at BIGINT NOT NULL,
    closes_at BIGINT NOT NULL,
    decision_at BIGINT NOT NULL,
    CONSTRAINT cycle_name_unique UNIQUE (name),
    CONSTRAINT cycle_dates CHECK (opens_at < closes_at AND closes_at < decision_at)
);

CREATE TABLE centre (
    id TEXT NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL
);

CREATE TABLE centre_identity (
    centre_id TEXT NOT NULL PRIMARY KEY REFERENCES centre (id),
    name TEXT NOT NULL,
    city TEXT NOT NULL,
    country TEXT NOT NULL
);

CREATE TABLE membership (
    centre_id TEXT NOT NULL REFERENCES centre (id),
    account_id TEXT NOT NULL REFERENCES account (id),
    role TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (centre_id, account_id),
    CONSTRAINT membership_role CHECK (role IN ('lead', 'contributor'))
);
CREATE INDEX membership_account ON membership (account_id);

CREATE TABLE invitation (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash TEXT NOT NULL,
    centre_id TEXT REFERENCES centre (id),
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    created_by TEXT REFERENCES account (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    CONSTRAINT invitation_token_unique UNIQUE (token_hash),
    CONSTRAINT invitation_role CHECK (role IN ('lead', 'contributor', 'coordinator', 'administrator'))
);
CREATE INDEX invitation_centre ON invitation (centre_id);

CREATE TABLE application (
    id TEXT NOT NULL PRIMARY KEY,
    cycle_id TEXT NOT NULL REFERENCES cycle (id),
    centre_id TEXT NOT NULL REFERENCES centre (id),
    kind TEXT NOT NULL,
    edition TEXT NOT NULL,
    previous_id TEXT REFERENCES application (id),
    stage TEXT NOT NULL,
    stage_data TEXT NOT NULL,
    declarations TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT application_once UNIQUE (cycle_id, centre_id),
    CONSTRAINT application_kind CHECK (kind IN ('initial', 'renewal')),
    CONSTRAINT application_stage CHECK (stage IN ('draft', 'submitted', 'under-review', 'deliberation', 'decided', 'released', 'withdrawn'))
);
CREATE INDEX application_centre ON application (centre_id);

-- One row for each criterion that was touched. saved_from is the open page that saved last. content is the typed answer as JSON; nothing queries inside it.
CREATE TABLE answer (
    application_id TEXT NOT NULL REFERENCES application (id),
    criterion BIGINT NOT NULL,
    content TEXT NOT NULL,
    carried TEXT,
    owner_id TEXT REFERENCES account (id),
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT REFERENCES account (id),
    saved_from TEXT,
    PRIMARY KEY (application_id, criterion),
    CONSTRAINT answer_criterion CHECK (criterion BETWEEN 1 AND 13)
);

-- The text of somebody who saved over a newer version: kept beside it until one is chosen. One per author.
CREATE TABLE answer_rival (
    application_id TEXT NOT NULL REFERENCES application (id),
    criterion BIGINT NOT NULL,
    author_id TEXT NOT NULL REFERENCES account (id),
    content TEXT NOT NULL,
    base_version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (application_id, criterion, author_id)
);

-- Texts that were replaced: when another person saved, when ten minutes had passed, and when one of two was chosen.
CREATE TABLE answer_history (
    id TEXT NOT NULL PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES application (id),
    criterion BIGINT NOT NULL,
    content TEXT NOT NULL,
    author_id TEXT REFERENCES account (id),
    at BIGINT NOT NULL
);
CREATE INDEX answer_history_place ON answer_history (application_id, criterion, at);

CREATE TABLE note (
    id TEXT NOT NULL PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES application (id),
    criterion BIGINT NOT NULL,
    author_id TEXT NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    at BIGINT NOT NULL,
    closed_at BIGINT,
    CONSTRAINT note_kind CHECK (kind IN ('note', 'request'))
);
CREATE INDEX note_application ON note (application_id);

-- The bytes behind evidence, addressed by content within one centre.
CREATE TABLE file (
    id TEXT NOT NULL PRIMARY KEY,
    centre_id TEXT NOT NULL REFERENCES centre (id),
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    type TEXT NOT NULL,
    stored_at BIGINT NOT NULL,
    CONSTRAINT file_once UNIQUE (centre_id, sha256)
);

CREATE TABLE evidence (
    id TEXT NOT NULL PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES application (id),
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    effective TEXT NOT NULL,
    expiry TEXT NOT NULL,
    file_id TEXT REFERENCES file (id),
    file_name TEXT,
    link TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT REFERENCES account (id),
    removed_at BIGINT,
    CONSTRAINT evidence_source CHECK ((file_id IS NULL) <> (link IS NULL))
);
CREATE INDEX evidence_application ON evidence (application_id);
CREATE INDEX evidence_file ON evidence (file_id);

CREATE TABLE evidence_use (
    evidence_id TEXT NOT NULL REFERENCES evidence (id),
    criterion BIGINT NOT NULL,
    pages TEXT NOT NULL,
    PRIMARY KEY (evidence_id, criterion)
);

-- Earlier files of a piece of evidence that was replaced.
CREATE TABLE evidence_history (
    id TEXT NOT NULL PRIMARY KEY,
    evidence_id TEXT NOT NULL REFERENCES evidence (id),
    file_id TEXT REFERENCES file (id),
    file_name TEXT,
    link TEXT,
    replaced_at BIGINT NOT NULL
);
CREATE INDEX evidence_history_evidence ON evidence_history (evidence_id);

CREATE TABLE signatory (
    application_id TEXT NOT NULL REFERENCES application (id),
    capacity TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    token_hash TEXT,
    confirmed_at BIGINT,
    PRIMARY KEY (application_id, capacity),
    CONSTRAINT signatory_token_unique UNIQUE (token_hash),
    CONSTRAINT signatory_capacity CHECK (capacity IN ('corresponding-physician', 'department-head', 'institute-head'))
);

CREATE TABLE snapshot (
    application_id TEXT NOT NULL REFERENCES application (id),
    number BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    content TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (application_id, number)
);

-- What happened, written in the transaction of each change. Never updated, never deleted.
CREATE TABLE event (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor_id TEXT REFERENCES account (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    request_id TEXT NOT NULL
);
CREATE INDEX event_subject ON event (subject, at);
