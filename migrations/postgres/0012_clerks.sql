-- Insurers' clerks: who they are, how they came in, and what they changed about people and keys.

-- A clerk signs in with login and password, or through the insurer: then `issuer` and `subject` say who it is.
CREATE TABLE clerks (
    id            UUID PRIMARY KEY,
    insurer       TEXT NOT NULL,
    login         TEXT UNIQUE,
    name          TEXT NOT NULL,
    email         TEXT,
    role          TEXT NOT NULL,
    password_hash TEXT,
    totp_secret   TEXT,
    totp_step     BIGINT NOT NULL,
    issuer        TEXT,
    subject       TEXT,
    created_at    TIMESTAMPTZ NOT NULL,
    disabled_at   TIMESTAMPTZ
);
CREATE INDEX clerks_of_insurer ON clerks (insurer);
CREATE UNIQUE INDEX clerks_of_subject ON clerks (insurer, issuer, subject);

ALTER TABLE sessions ADD COLUMN clerk_id UUID REFERENCES clerks (id);
CREATE INDEX sessions_of_clerk ON sessions (clerk_id);

-- Where an insurer's own people sign in; `new_role` is what somebody new gets, none: nobody new.
CREATE TABLE insurer_oidc (
    insurer       TEXT PRIMARY KEY,
    issuer        TEXT NOT NULL,
    client_id     TEXT NOT NULL,
    client_secret TEXT NOT NULL,
    new_role      TEXT,
    changed_at    TIMESTAMPTZ NOT NULL
);

-- Sign-ins under way: `digest` is that of the state, `browser` that of what the cookie carries.
CREATE TABLE oidc_attempts (
    digest     TEXT PRIMARY KEY,
    browser    TEXT NOT NULL,
    insurer    TEXT NOT NULL,
    issuer     TEXT NOT NULL,
    nonce      TEXT NOT NULL,
    verifier   TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE insurer_changes (
    id      UUID PRIMARY KEY,
    insurer TEXT NOT NULL,
    kind    TEXT NOT NULL,
    about   TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    by_name TEXT,
    at      TIMESTAMPTZ NOT NULL
);
CREATE INDEX insurer_changes_newest ON insurer_changes (insurer, id);
