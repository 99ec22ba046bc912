-- levels: what the panel had agreed on when the decision was proposed, one digit a criterion. sent_back: why the second
-- person has sent a proposal back; empty while it stands.
ALTER TABLE decision ADD COLUMN levels TEXT NOT NULL DEFAULT '';
ALTER TABLE decision ADD COLUMN sent_back TEXT NOT NULL DEFAULT '';

-- What was proposed, sent back and mended, as it stood. content is JSON.
CREATE TABLE decision_history (
    id TEXT NOT NULL PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES application (id),
    what TEXT NOT NULL,
    content TEXT NOT NULL,
    by_id TEXT REFERENCES account (id),
    at BIGINT NOT NULL,
    CONSTRAINT decision_history_what CHECK (what IN ('proposed', 'sent-back', 'confirmed', 'letter', 'appeal', 'corrected'))
);
CREATE INDEX decision_history_place ON decision_history (application_id, at);
