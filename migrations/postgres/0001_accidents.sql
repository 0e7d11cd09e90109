-- The accidents, their facts, and what keeps deeds exact: counters, events, idempotency.
-- Same names as in ../sqlite; only type words differ.

CREATE TABLE units (
    code            TEXT PRIMARY KEY,
    name            TEXT NOT NULL,
    lines           JSONB NOT NULL,
    number_template TEXT NOT NULL
);

CREATE TABLE accidents (
    id            UUID PRIMARY KEY,
    unit          TEXT NOT NULL REFERENCES units (code),
    version       BIGINT NOT NULL,
    stage         TEXT NOT NULL,
    officer       UUID,
    waiting_since TIMESTAMPTZ,
    reported_at   TIMESTAMPTZ NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL,
    closed_at     TIMESTAMPTZ,
    state         JSONB NOT NULL
);
CREATE INDEX accidents_waiting ON accidents (unit, waiting_since, id) WHERE waiting_since IS NOT NULL;
CREATE INDEX accidents_held ON accidents (officer, reported_at, id) WHERE closed_at IS NULL;

-- Append-only. `body` is text and not JSON: the digest is over its very bytes.
CREATE TABLE facts (
    accident_id     UUID NOT NULL REFERENCES accidents (id),
    seq             BIGINT NOT NULL,
    kind            TEXT NOT NULL,
    body            TEXT NOT NULL,
    at              TIMESTAMPTZ NOT NULL,
    by_whom         TEXT NOT NULL,
    digest          TEXT NOT NULL,
    previous_digest TEXT NOT NULL,
    PRIMARY KEY (accident_id, seq)
);

CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

CREATE TABLE events (
    id          BIGINT PRIMARY KEY,
    accident_id UUID NOT NULL REFERENCES accidents (id),
    unit        TEXT NOT NULL,
    version     BIGINT NOT NULL,
    stage       TEXT NOT NULL,
    at          TIMESTAMPTZ NOT NULL
);
CREATE INDEX events_of_unit ON events (unit, id);
CREATE INDEX events_of_accident ON events (accident_id, id);

CREATE TABLE idempotency (
    scope          TEXT NOT NULL,
    key            TEXT NOT NULL,
    request_digest TEXT NOT NULL,
    accident_id    UUID,
    answer         JSONB,
    at             TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (scope, key)
);
