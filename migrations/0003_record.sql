-- The record as a chain. Rows from before have no place yet; the program gives them one when it starts.
-- previous is the hash of the row before, hash that of this one.
ALTER TABLE event ADD COLUMN seq BIGINT;
ALTER TABLE event ADD COLUMN previous TEXT;
ALTER TABLE event ADD COLUMN hash TEXT;
CREATE UNIQUE INDEX event_seq ON event (seq);
CREATE INDEX event_kind ON event (kind, seq);
CREATE INDEX event_actor ON event (actor_id, seq);
CREATE INDEX event_at ON event (at);

-- The last row of the chain: one row, which every writer takes last.
CREATE TABLE record_head (
    id BIGINT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT record_head_once CHECK (id = 1)
);
INSERT INTO record_head (id, seq, hash) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- One signed head a day. day and hash are what is signed and published; seq only finds the row again.
CREATE TABLE signed_head (
    day TEXT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    public_key TEXT NOT NULL,
    signature TEXT NOT NULL
);

-- Who opened which application or evidence: kept for a time, then erased. batch is the event whose detail is the hash of
-- all rows that were written with it.
CREATE TABLE reading (
    id TEXT NOT NULL PRIMARY KEY,
    batch TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor_id TEXT NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    request_id TEXT NOT NULL
);
CREATE INDEX reading_batch ON reading (batch);
CREATE INDEX reading_actor ON reading (actor_id, at);
CREATE INDEX reading_at ON reading (at, id);
