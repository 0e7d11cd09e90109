-- Uploads, documents, findings, and what insurers pull.

CREATE TABLE uploads (
    id          TEXT PRIMARY KEY,
    accident_id TEXT NOT NULL REFERENCES accidents (id),
    by_party    TEXT,
    by_officer  TEXT,
    length      INTEGER NOT NULL,
    received    INTEGER NOT NULL,
    metadata    TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    expires_at  TEXT NOT NULL,
    done_at     TEXT,
    evidence_id TEXT
) STRICT;
CREATE INDEX uploads_unfinished ON uploads (expires_at, id) WHERE done_at IS NULL;

-- The bytes lie in the evidence folder under their digest; `bytes` is how many.
CREATE TABLE documents (
    sha256     TEXT PRIMARY KEY,
    media_type TEXT NOT NULL,
    bytes      INTEGER NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE findings (
    number      TEXT PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    accident_id TEXT NOT NULL REFERENCES accidents (id),
    check_code  TEXT NOT NULL,
    state       TEXT NOT NULL,
    issued_at   TEXT NOT NULL,
    voided_at   TEXT,
    sha256      TEXT NOT NULL REFERENCES documents (sha256)
) STRICT;
CREATE INDEX findings_of_accident ON findings (accident_id, issued_at, number);

CREATE TABLE settlement_records (
    id              TEXT PRIMARY KEY,
    change_no       INTEGER NOT NULL UNIQUE,
    accident_id     TEXT NOT NULL UNIQUE REFERENCES accidents (id),
    document_sha256 TEXT NOT NULL REFERENCES documents (sha256),
    settled_at      TEXT NOT NULL,
    body            TEXT NOT NULL
) STRICT;

CREATE TABLE settlement_insurers (
    record_id TEXT NOT NULL REFERENCES settlement_records (id),
    insurer   TEXT NOT NULL,
    PRIMARY KEY (record_id, insurer)
) STRICT;
CREATE INDEX settlement_insurers_by_insurer ON settlement_insurers (insurer, record_id);

-- Callbacks of the media service that were taken in already.
CREATE TABLE media_events (
    event_id TEXT PRIMARY KEY,
    at       TEXT NOT NULL
) STRICT;
