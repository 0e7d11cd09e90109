-- Uploads, documents, findings, and what insurers pull.

CREATE TABLE uploads (
    id          UUID PRIMARY KEY,
    accident_id UUID NOT NULL REFERENCES accidents (id),
    by_party    UUID,
    by_officer  UUID,
    length      BIGINT NOT NULL,
    received    BIGINT NOT NULL,
    metadata    JSONB NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    expires_at  TIMESTAMPTZ NOT NULL,
    done_at     TIMESTAMPTZ,
    evidence_id UUID
);
CREATE INDEX uploads_unfinished ON uploads (expires_at, id) WHERE done_at IS NULL;

-- The bytes lie in the evidence folder under their digest; `bytes` is how many.
CREATE TABLE documents (
    sha256     TEXT PRIMARY KEY,
    media_type TEXT NOT NULL,
    bytes      BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE findings (
    number      TEXT PRIMARY KEY,
    id          UUID NOT NULL UNIQUE,
    accident_id UUID NOT NULL REFERENCES accidents (id),
    check_code  TEXT NOT NULL,
    state       TEXT NOT NULL,
    issued_at   TIMESTAMPTZ NOT NULL,
    voided_at   TIMESTAMPTZ,
    sha256      TEXT NOT NULL REFERENCES documents (sha256)
);
CREATE INDEX findings_of_accident ON findings (accident_id, issued_at, number);

CREATE TABLE settlement_records (
    id              UUID PRIMARY KEY,
    change_no       BIGINT NOT NULL UNIQUE,
    accident_id     UUID NOT NULL UNIQUE REFERENCES accidents (id),
    document_sha256 TEXT NOT NULL REFERENCES documents (sha256),
    settled_at      TIMESTAMPTZ NOT NULL,
    body            JSONB NOT NULL
);

CREATE TABLE settlement_insurers (
    record_id UUID NOT NULL REFERENCES settlement_records (id),
    insurer   TEXT NOT NULL,
    PRIMARY KEY (record_id, insurer)
);
CREATE INDEX settlement_insurers_by_insurer ON settlement_insurers (insurer, record_id);

-- Callbacks of the media service that were taken in already.
CREATE TABLE media_events (
    event_id TEXT PRIMARY KEY,
    at       TIMESTAMPTZ NOT NULL
);
