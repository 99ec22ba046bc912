-- Letters that wait, are being sent, were sent, or could not be sent. `cause` is what they were written for: the same
-- cause never makes a second letter. Who gets a letter and what it says (one-time links too) stand in letter_content,
-- which is deleted once the letter was sent or dropped.
CREATE TABLE letter (
    id TEXT NOT NULL PRIMARY KEY,
    cause TEXT NOT NULL,
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    account_id TEXT REFERENCES account (id),
    application_id TEXT REFERENCES application (id),
    message_id TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    claims BIGINT NOT NULL,
    refusals BIGINT NOT NULL,
    reason TEXT NOT NULL,
    valid_until BIGINT,
    created_at BIGINT NOT NULL,
    settled_at BIGINT,
    CONSTRAINT letter_cause_unique UNIQUE (cause),
    CONSTRAINT letter_state CHECK (state IN ('waiting', 'sending', 'sent', 'dead', 'dropped'))
);
-- Due letters are found without reading those that were sent.
CREATE INDEX letter_due ON letter (due_at, id) WHERE state IN ('waiting', 'sending');
CREATE INDEX letter_state_settled ON letter (state, settled_at);

CREATE TABLE letter_content (
    letter_id TEXT NOT NULL PRIMARY KEY REFERENCES letter (id),
    email TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    html TEXT NOT NULL
);

-- What a person reads in tomorrow's digest instead of in a letter of its own. Holds no name.
CREATE TABLE notice (
    id TEXT NOT NULL PRIMARY KEY,
    cause TEXT NOT NULL,
    kind TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES account (id),
    application_id TEXT NOT NULL REFERENCES application (id),
    line TEXT NOT NULL,
    path TEXT NOT NULL,
    at BIGINT NOT NULL,
    gathered_at BIGINT,
    CONSTRAINT notice_cause_unique UNIQUE (cause)
);
CREATE INDEX notice_waiting ON notice (account_id, at) WHERE gathered_at IS NULL;

-- How somebody wants to get one kind of mail; without a row, at once.
CREATE TABLE mail_choice (
    account_id TEXT NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL,
    choice TEXT NOT NULL,
    PRIMARY KEY (account_id, kind),
    CONSTRAINT mail_choice_choice CHECK (choice IN ('at-once', 'digest', 'never'))
);

-- Days before and after the deadline of a cycle on which its drafts are called to mind.
ALTER TABLE cycle ADD COLUMN remind_before TEXT NOT NULL DEFAULT '14 7 2';
ALTER TABLE cycle ADD COLUMN remind_after TEXT NOT NULL DEFAULT '1';
