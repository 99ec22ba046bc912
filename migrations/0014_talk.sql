-- Every message across the blind waits for a person of the working group who passes it on. text is what its author wrote and
-- is never changed; passed is the wording that crosses (of a question as the working group words it, of an answer without
-- the names of the centre).
ALTER TABLE information_message ADD COLUMN passed TEXT NOT NULL DEFAULT '';
ALTER TABLE information_message ADD COLUMN relayed_at BIGINT;
ALTER TABLE information_message ADD COLUMN declined_at BIGINT;
ALTER TABLE information_message ADD COLUMN declined_why TEXT NOT NULL DEFAULT '';
ALTER TABLE information_message ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
-- Wordings that were replaced before they were passed on, or that a second person has sent over a newer one.
CREATE TABLE information_history (
    id TEXT NOT NULL PRIMARY KEY,
    message_id TEXT NOT NULL REFERENCES information_message (id),
    text TEXT NOT NULL,
    at BIGINT NOT NULL,
    author_id TEXT REFERENCES account (id)
);
CREATE INDEX information_history_message ON information_history (message_id, at);
-- What reviewers read of a piece of evidence that comes with an answer; its letter is drawn when the answer is passed on,
-- until then it is a number.
ALTER TABLE information_evidence ADD COLUMN blind_title TEXT NOT NULL DEFAULT '';
ALTER TABLE information_evidence ADD COLUMN blind_link TEXT;
-- Somebody of the panel asks for a third reviewer.
ALTER TABLE panel_post ADD COLUMN asks_third BOOLEAN NOT NULL DEFAULT FALSE;
