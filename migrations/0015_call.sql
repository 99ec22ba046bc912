-- Why an application has a deadline of its own. reason is free text of the working group.
CREATE TABLE extension (
    id TEXT NOT NULL PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES application (id),
    until BIGINT NOT NULL,
    reason TEXT NOT NULL,
    by_id TEXT REFERENCES account (id),
    at BIGINT NOT NULL
);
CREATE INDEX extension_application ON extension (application_id, at);

-- Identities: the words by which the working group finds a centre, in lower case, as bytes, so that both engines order
-- them alike.
CREATE TABLE centre_word (
    word BYTEA NOT NULL,
    centre_id TEXT NOT NULL REFERENCES centre (id),
    PRIMARY KEY (word, centre_id)
);
CREATE INDEX centre_word_centre ON centre_word (centre_id, word);
CREATE INDEX centre_identity_unkeyed ON centre_identity (centre_id) WHERE sort_key IS NULL;
-- The table of applications by their last change.
CREATE INDEX application_changed ON application (cycle_id, updated_at, id);
-- What reviewers owe.
CREATE INDEX seat_open ON seat (application_id) WHERE state IN ('asked', 'accepted');
CREATE INDEX request_open ON information_request (application_id) WHERE closed_at IS NULL;

-- Identities: further words that name a centre, found in screening. They are taken out of everything that reviewers read.
CREATE TABLE mask_word (
    application_id TEXT NOT NULL REFERENCES application (id),
    word TEXT NOT NULL,
    PRIMARY KEY (application_id, word)
);
