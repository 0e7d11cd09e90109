-- Who is who: officers, sessions, links, codes, insurers' clients, keys.

CREATE TABLE officers (
    id            TEXT PRIMARY KEY,
    unit          TEXT NOT NULL REFERENCES units (code),
    login         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    badge         TEXT NOT NULL,
    role          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    totp_secret   TEXT NOT NULL,
    totp_step     INTEGER NOT NULL,
    ink           TEXT,
    created_at    TEXT NOT NULL,
    disabled_at   TEXT
) STRICT;

-- `digest` is the SHA-256 of what the cookie carries; the cookie's value is nowhere.
CREATE TABLE sessions (
    digest      TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    level       TEXT NOT NULL,
    officer_id  TEXT REFERENCES officers (id),
    accident_id TEXT REFERENCES accidents (id),
    party_id    TEXT,
    created_at  TEXT NOT NULL,
    seen_at     TEXT NOT NULL,
    revoked_at  TEXT
) STRICT;
CREATE INDEX sessions_of_accident ON sessions (accident_id, party_id);

-- `phone` is the number typed under the link, until its code proves it and it becomes a fact.
CREATE TABLE links (
    digest        TEXT PRIMARY KEY,
    kind          TEXT NOT NULL,
    accident_id   TEXT NOT NULL REFERENCES accidents (id),
    party_id      TEXT,
    generation    INTEGER NOT NULL,
    created_at    TEXT NOT NULL,
    expires_at    TEXT NOT NULL,
    phone         TEXT,
    first_used_at TEXT,
    revoked_at    TEXT
) STRICT;
CREATE INDEX links_of_accident ON links (accident_id, kind, party_id);

-- `phone` is a keyed digest: numbers are few enough to guess a plain one.
CREATE TABLE sms_codes (
    id          TEXT PRIMARY KEY,
    accident_id TEXT NOT NULL REFERENCES accidents (id),
    phone       TEXT NOT NULL,
    purpose     TEXT NOT NULL,
    digest      TEXT NOT NULL,
    tries       INTEGER NOT NULL,
    created_at  TEXT NOT NULL,
    expires_at  TEXT NOT NULL,
    used_at     TEXT
) STRICT;
CREATE INDEX sms_codes_current ON sms_codes (accident_id, purpose, created_at, id);
CREATE INDEX sms_codes_of_phone ON sms_codes (phone, created_at);

CREATE TABLE sms_outbox (
    id         TEXT PRIMARY KEY,
    recipient  TEXT NOT NULL,
    body       TEXT NOT NULL,
    created_at TEXT NOT NULL,
    due_at     TEXT NOT NULL,
    sent_at    TEXT,
    tries      INTEGER NOT NULL
) STRICT;
CREATE INDEX sms_outbox_due ON sms_outbox (due_at, id) WHERE sent_at IS NULL;

-- How often somebody tried something in the window that began at `since`.
CREATE TABLE throttles (
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL,
    since   TEXT NOT NULL,
    tries   INTEGER NOT NULL,
    PRIMARY KEY (kind, subject)
) STRICT;

CREATE TABLE clients (
    client_id   TEXT PRIMARY KEY,
    secret_hash TEXT NOT NULL,
    insurer     TEXT NOT NULL,
    scopes      TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    disabled_at TEXT
) STRICT;

CREATE TABLE signing_keys (
    kid        TEXT PRIMARY KEY,
    private    TEXT NOT NULL,
    x          TEXT NOT NULL,
    y          TEXT NOT NULL,
    created_at TEXT NOT NULL,
    retired_at TEXT
) STRICT;

CREATE TABLE secrets (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
