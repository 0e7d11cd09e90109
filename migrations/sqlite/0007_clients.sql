-- How insurers' clients prove who they are: keys of their own, and what was shown once is not taken twice.

ALTER TABLE clients ADD COLUMN jwks_url TEXT;
ALTER TABLE clients ADD COLUMN networks TEXT NOT NULL DEFAULT '[]';
ALTER TABLE clients ADD COLUMN per_minute INTEGER NOT NULL DEFAULT 600;
-- Tokens issued up to then are dead.
ALTER TABLE clients ADD COLUMN tokens_from TEXT;

-- Only clients that an operator gave a secret have one.
CREATE TABLE client_secrets (
    client_id  TEXT PRIMARY KEY REFERENCES clients (client_id),
    digest     TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

INSERT INTO client_secrets (client_id, digest, created_at)
SELECT client_id, secret_hash, created_at FROM clients;

ALTER TABLE clients DROP COLUMN secret_hash;

CREATE TABLE client_keys (
    client_id  TEXT NOT NULL REFERENCES clients (client_id),
    kid        TEXT NOT NULL,
    alg        TEXT NOT NULL,
    jwk        TEXT NOT NULL,
    not_before TEXT NOT NULL,
    not_after  TEXT,
    created_at TEXT NOT NULL,
    PRIMARY KEY (client_id, kid)
) STRICT;

-- The last answer of a client's jwks_url, and when it was last asked.
CREATE TABLE client_key_sets (
    client_id  TEXT PRIMARY KEY REFERENCES clients (client_id),
    body       TEXT,
    fetched_at TEXT,
    tried_at   TEXT NOT NULL
) STRICT;

CREATE TABLE spent_assertions (
    client_id  TEXT NOT NULL REFERENCES clients (client_id),
    digest     TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    PRIMARY KEY (client_id, digest)
) STRICT;

CREATE INDEX spent_assertions_by_end ON spent_assertions (expires_at);

CREATE TABLE revoked_tokens (
    jti        TEXT PRIMARY KEY,
    expires_at TEXT NOT NULL
) STRICT;
