-- The accidents, their facts, and what keeps deeds exact: counters, events, idempotency.
-- Same names as in ../postgres; only type words differ.

CREATE TABLE units (
    code            TEXT PRIMARY KEY,
    name            TEXT NOT NULL,
    lines           TEXT NOT NULL,
    number_template TEXT NOT NULL
) STRICT;

CREATE TABLE accidents (
    id            TEXT PRIMARY KEY,
    unit          TEXT NOT NULL REFERENCES units (code),
    version       INTEGER NOT NULL,
    stage         TEXT NOT NULL,
    officer       TEXT,
    waiting_since TEXT,
    reported_at   TEXT NOT NULL,
    updated_at    TEXT NOT NULL,
    closed_at     TEXT,
    state         TEXT NOT NULL
) STRICT;
CREATE INDEX accidents_waiting ON accidents (unit, waiting_since, id) WHERE waiting_since IS NOT NULL;
CREATE INDEX accidents_held ON accidents (officer, reported_at, id) WHERE closed_at IS NULL;

-- Append-only. `body` is text and not JSON: the digest is over its very bytes.
CREATE TABLE facts (
    accident_id     TEXT NOT NULL REFERENCES accidents (id),
    seq             INTEGER NOT NULL,
    kind            TEXT NOT NULL,
    body            TEXT NOT NULL,
    at              TEXT NOT NULL,
    by_whom         TEXT NOT NULL,
    digest          TEXT NOT NULL,
    previous_digest TEXT NOT NULL,
    PRIMARY KEY (accident_id, seq)
) STRICT;

CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;

CREATE TABLE events (
    id          INTEGER PRIMARY KEY,
    accident_id TEXT NOT NULL REFERENCES accidents (id),
    unit        TEXT NOT NULL,
    version     INTEGER NOT NULL,
    stage       TEXT NOT NULL,
    at          TEXT NOT NULL
) STRICT;
CREATE INDEX events_of_unit ON events (unit, id);
CREATE INDEX events_of_accident ON events (accident_id, id);

CREATE TABLE idempotency (
    scope          TEXT NOT NULL,
    key            TEXT NOT NULL,
    request_digest TEXT NOT NULL,
    accident_id    TEXT,
    answer         TEXT,
    at             TEXT NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT;
