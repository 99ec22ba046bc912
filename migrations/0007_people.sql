-- Roles of the programme, by person: for one cycle, or for every cycle when none is named. A grant is ended, never deleted.
CREATE TABLE role_grant (
    account_id TEXT NOT NULL REFERENCES account (id),
    role TEXT NOT NULL,
    cycle_id TEXT REFERENCES cycle (id),
    granted_by TEXT REFERENCES account (id),
    granted_at BIGINT NOT NULL,
    ended_by TEXT REFERENCES account (id),
    ended_at BIGINT,
    CONSTRAINT role_grant_role CHECK (role IN ('coordinator', 'chair', 'reviewer', 'administrator')),
    CONSTRAINT role_grant_installation CHECK (role <> 'administrator' OR cycle_id IS NULL)
);
CREATE INDEX role_grant_account ON role_grant (account_id);
CREATE INDEX role_grant_open ON role_grant (role, account_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX role_grant_once ON role_grant (account_id, role, COALESCE(cycle_id, '')) WHERE ended_at IS NULL;

INSERT INTO role_grant (account_id, role, granted_at)
SELECT a.id, r.role, a.created_at
FROM account a JOIN (
    SELECT 'coordinator' AS role UNION ALL SELECT 'chair' UNION ALL SELECT 'reviewer' UNION ALL SELECT 'administrator'
) r ON ' ' || a.roles || ' ' LIKE '% ' || r.role || ' %';

-- One place for roles: a statement that still asks here fails, instead of seeing nobody's role.
ALTER TABLE account DROP COLUMN roles;
CREATE INDEX account_created ON account (created_at, id);

-- Invitations know more roles, the cycle of a role, and when they were sent again or taken back.
CREATE TABLE invitation_next (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash TEXT NOT NULL,
    centre_id TEXT REFERENCES centre (id),
    role TEXT NOT NULL,
    cycle_id TEXT REFERENCES cycle (id),
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    created_by TEXT REFERENCES account (id),
    created_at BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT,
    CONSTRAINT invitation_link_unique UNIQUE (token_hash),
    CONSTRAINT invitation_known_role CHECK (role IN ('lead', 'contributor', 'coordinator', 'chair', 'reviewer', 'administrator')),
    CONSTRAINT invitation_of_centre CHECK ((role IN ('lead', 'contributor')) = (centre_id IS NOT NULL))
);
INSERT INTO invitation_next (id, token_hash, centre_id, role, name, email, created_by, created_at, sent_at, expires_at, used_at)
SELECT id, token_hash, centre_id, role, name, email, created_by, created_at, created_at, expires_at, used_at FROM invitation;
DROP TABLE invitation;
ALTER TABLE invitation_next RENAME TO invitation;
CREATE INDEX invitation_centre ON invitation (centre_id);
CREATE INDEX invitation_open ON invitation (created_at, id) WHERE used_at IS NULL AND revoked_at IS NULL;

-- A one-time link with which somebody chooses a new password. It changes nothing else: a second factor stays.
CREATE TABLE password_reset (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    created_by TEXT REFERENCES account (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX password_reset_account ON password_reset (account_id);

-- Identities: the words by which people are found, in lower case, as bytes, so that both engines order them alike.
CREATE TABLE person_key (
    word BYTEA NOT NULL,
    account_id TEXT NOT NULL REFERENCES person (account_id) ON DELETE CASCADE,
    PRIMARY KEY (word, account_id)
);
CREATE INDEX person_key_account ON person_key (account_id);
ALTER TABLE person ADD COLUMN keyed BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX person_unkeyed ON person (account_id) WHERE keyed = FALSE;

-- Identities: why an administrator has corrected a name or an address. Reasons are free text.
CREATE TABLE person_correction (
    account_id TEXT NOT NULL REFERENCES person (account_id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    by_id TEXT REFERENCES account (id),
    what TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX person_correction_account ON person_correction (account_id, at);

CREATE INDEX session_seen ON session (seen_at);
