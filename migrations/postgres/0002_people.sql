-- Who is who: officers, sessions, links, codes, insurers' clients, keys.

CREATE TABLE officers (
    id            UUID PRIMARY KEY,
    unit          TEXT NOT NULL REFERENCES units (code),
    login         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    badge         TEXT NOT NULL,
    role          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    totp_secret   TEXT NOT NULL,
    totp_step     BIGINT NOT NULL,
    ink           JSONB,
    created_at    TIMESTAMPTZ NOT NULL,
    disabled_at   TIMESTAMPTZ
);

-- `digest` is the SHA-256 of what the cookie carries; the cookie's value is nowhere.
CREATE TABLE sessions (
    digest      TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    level       TEXT NOT NULL,
    officer_id  UUID REFERENCES officers (id),
    accident_id UUID REFERENCES accidents (id),
    party_id    UUID,
    created_at  TIMESTAMPTZ NOT NULL,
    seen_at     TIMESTAMPTZ NOT NULL,
    revoked_at  TIMESTAMPTZ
);
CREATE INDEX sessions_of_accident ON sessions (accident_id, party_id);

-- `phone` is the number typed under the link, until its code proves it and it becomes a fact.
CREATE TABLE links (
    digest        TEXT PRIMARY KEY,
    kind          TEXT NOT NULL,
    accident_id   UUID NOT NULL REFERENCES accidents (id),
    party_id      UUID,
    generation    BIGINT NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL,
    expires_at    TIMESTAMPTZ NOT NULL,
    phone         TEXT,
    first_used_at TIMESTAMPTZ,
    revoked_at    TIMESTAMPTZ
);
CREATE INDEX links_of_accident ON links (accident_id, kind, party_id);

-- `phone` is a keyed digest: numbers are few enough to guess a plain one.
CREATE TABLE sms_codes (
    id          UUID PRIMARY KEY,
    accident_id UUID NOT NULL REFERENCES accidents (id),
    phone       TEXT NOT NULL,
    purpose     TEXT NOT NULL,
    digest      TEXT NOT NULL,
    tries       BIGINT NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    expires_at  TIMESTAMPTZ NOT NULL,
    used_at     TIMESTAMPTZ
);
CREATE INDEX sms_codes_current ON sms_codes (accident_id, purpose, created_at, id);
CREATE INDEX sms_codes_of_phone ON sms_codes (phone, created_at);

CREATE TABLE sms_outbox (
    id         UUID PRIMARY KEY,
    recipient  TEXT NOT NULL,
    body       TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    due_at     TIMESTAMPTZ NOT NULL,
    sent_at    TIMESTAMPTZ,
    tries      BIGINT NOT NULL
);
CREATE INDEX sms_outbox_due ON sms_outbox (due_at, id) WHERE sent_at IS NULL;

-- How often somebody tried something in the window that began at `since`.
CREATE TABLE throttles (
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL,
    since   TIMESTAMPTZ NOT NULL,
    tries   BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
);

CREATE TABLE clients (
    client_id   TEXT PRIMARY KEY,
    secret_hash TEXT NOT NULL,
    insurer     TEXT NOT NULL,
    scopes      JSONB NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    disabled_at TIMESTAMPTZ
);

CREATE TABLE signing_keys (
    kid        TEXT PRIMARY KEY,
    private    TEXT NOT NULL,
    x          TEXT NOT NULL,
    y          TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    retired_at TIMESTAMPTZ
);

CREATE TABLE secrets (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
