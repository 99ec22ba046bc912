-- Ways of signing in that belong to a device (passkeys) or to a hospital (identities at its provider).

-- What a passkey knows an account by: random, so that nothing can be read from it.
CREATE TABLE passkey_handle (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id),
    handle TEXT NOT NULL,
    CONSTRAINT passkey_handle_unique UNIQUE (handle)
);

-- credential is the public key with its counter and flags, as JSON; nothing queries inside it.
CREATE TABLE passkey (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    credential_hash TEXT NOT NULL,
    credential TEXT NOT NULL,
    label TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    CONSTRAINT passkey_credential_unique UNIQUE (credential_hash)
);
CREATE INDEX passkey_account ON passkey (account_id);

-- What the server must remember between a question to a passkey and its answer. Taken once.
CREATE TABLE passkey_ceremony (
    token_hash TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    account_id TEXT REFERENCES account (id),
    state TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT passkey_ceremony_purpose CHECK (purpose IN ('add', 'sign-in', 'confirm'))
);
CREATE INDEX passkey_ceremony_expiry ON passkey_ceremony (expires_at);

-- Who an account is at an identity provider: the hash of issuer and subject, never an address.
CREATE TABLE identity (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    identity_hash TEXT NOT NULL,
    issuer TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    CONSTRAINT identity_unique UNIQUE (identity_hash)
);
CREATE INDEX identity_account ON identity (account_id);

-- Somebody who is away at a provider, and what must be true when they come back. Taken once.
CREATE TABLE provider_visit (
    state_hash TEXT NOT NULL PRIMARY KEY,
    provider TEXT NOT NULL,
    account_id TEXT REFERENCES account (id),
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    next TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX provider_visit_expiry ON provider_visit (expires_at);
