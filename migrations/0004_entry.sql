-- Second factors, sessions that can be listed and ended, and counters against guessing.

-- The secret of an authenticator app, sealed with the key of the data folder. A code is used once: used_step is the last
-- half minute whose code was taken.
CREATE TABLE code_factor (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id),
    secret TEXT NOT NULL,
    used_step BIGINT NOT NULL,
    set_up_at BIGINT NOT NULL
);

-- Recovery codes, only as hashes; a new set replaces the old one.
CREATE TABLE recovery_code (
    account_id TEXT NOT NULL REFERENCES account (id),
    code_hash TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (account_id, code_hash)
);

-- How often something was tried. The key is a hash: neither an address of a person nor of a machine is kept.
CREATE TABLE tally (
    key_hash TEXT NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL,
    since BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX tally_last ON tally (last_at);

-- Sessions from before second factors end: they were opened with a password alone.
DELETE FROM session;
ALTER TABLE session ADD COLUMN begun_at BIGINT NOT NULL DEFAULT 0;
-- By which its owner ends it from elsewhere; none while it is not wholly signed in.
ALTER TABLE session ADD COLUMN handle TEXT;
ALTER TABLE session ADD COLUMN device TEXT NOT NULL DEFAULT '';
