-- What the ledger of the working group and the public register are found and ordered by. Both are ranges of an index, so
-- that a page costs the same whatever stands before it. Words and sort keys are lower case, as bytes, so that both engines
-- order alike.

-- Identities: the designation of each centre that counts now.
CREATE TABLE ledger (
    centre_id TEXT NOT NULL PRIMARY KEY REFERENCES centre (id),
    designation_id TEXT NOT NULL REFERENCES designation (id),
    country TEXT NOT NULL,
    sort_key BYTEA NOT NULL,
    valid_until BIGINT NOT NULL,
    withdrawn BOOLEAN NOT NULL
);
CREATE INDEX ledger_until ON ledger (valid_until, centre_id);
CREATE INDEX ledger_name ON ledger (sort_key, centre_id);
CREATE INDEX ledger_country_until ON ledger (country, valid_until, centre_id);
CREATE INDEX ledger_country_name ON ledger (country, sort_key, centre_id);
CREATE INDEX ledger_withdrawn ON ledger (valid_until, centre_id) WHERE withdrawn;
-- Identities: single words of the name and the town.
CREATE TABLE ledger_word (
    word BYTEA NOT NULL,
    centre_id TEXT NOT NULL REFERENCES centre (id),
    PRIMARY KEY (word, centre_id)
);
CREATE INDEX ledger_word_centre ON ledger_word (centre_id);

-- What a centre has agreed to publish, and nothing else: the row is made with the consent and goes with it.
CREATE TABLE register_entry (
    designation_id TEXT NOT NULL PRIMARY KEY REFERENCES designation (id),
    centre_id TEXT NOT NULL REFERENCES centre (id),
    country TEXT NOT NULL,
    sort_key BYTEA NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT NOT NULL
);
CREATE INDEX register_entry_name ON register_entry (sort_key, designation_id);
CREATE INDEX register_entry_country ON register_entry (country, sort_key, designation_id);
CREATE INDEX register_entry_centre ON register_entry (centre_id);
CREATE TABLE register_word (
    word BYTEA NOT NULL,
    designation_id TEXT NOT NULL REFERENCES designation (id),
    PRIMARY KEY (word, designation_id)
);
CREATE INDEX register_word_designation ON register_word (designation_id);

-- Whether a further application of a centre is under way.
CREATE INDEX application_under_way ON application (centre_id) WHERE stage IN ('submitted', 'under-review', 'deliberation', 'decided');
