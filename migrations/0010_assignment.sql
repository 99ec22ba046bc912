-- Assignment: a computed reason that somebody of the working group has looked at and found to mean nothing. facts is a hash
-- of the sentence that was shown: when a profile or a team changes, the candidate is shown again.
CREATE TABLE conflict_dismissal (
    application_id TEXT NOT NULL REFERENCES application (id),
    account_id TEXT NOT NULL REFERENCES account (id),
    facts TEXT NOT NULL,
    by_id TEXT REFERENCES account (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (application_id, account_id, facts)
);
