-- Webhooks: who wants to hear of what, what is to be told, and what became of it.

-- `state` is `active`, `disabled` or `deleted`; a deleted one is empty and goes when nothing refers to it any more.
CREATE TABLE webhook_endpoints (
    id            TEXT PRIMARY KEY,
    insurer       TEXT NOT NULL,
    url           TEXT NOT NULL,
    events        TEXT NOT NULL,
    description   TEXT NOT NULL,
    format        TEXT NOT NULL,
    state         TEXT NOT NULL,
    ended_at      TEXT,
    ended_reason  TEXT,
    ended_detail  TEXT,
    failing_since TEXT,
    created_at    TEXT NOT NULL,
    created_by    TEXT NOT NULL
) STRICT;
CREATE INDEX webhook_endpoints_of ON webhook_endpoints (insurer, state, id);

-- Kept as they are: whoever signs needs them.
CREATE TABLE webhook_secrets (
    id          TEXT PRIMARY KEY,
    endpoint_id TEXT NOT NULL REFERENCES webhook_endpoints (id),
    secret      TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    expires_at  TEXT
) STRICT;
CREATE INDEX webhook_secrets_of ON webhook_secrets (endpoint_id, created_at);

-- Written with the deed. `seq` is the order of events; `body` is what is signed, byte for byte.
CREATE TABLE webhook_messages (
    seq           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    insurer       TEXT NOT NULL,
    kind          TEXT NOT NULL,
    accident_id   TEXT REFERENCES accidents (id),
    settlement_id TEXT,
    body          TEXT NOT NULL,
    written_at    TEXT NOT NULL
) STRICT;
CREATE INDEX webhook_messages_of ON webhook_messages (insurer, written_at, seq);
CREATE INDEX webhook_messages_by_time ON webhook_messages (written_at);
CREATE INDEX webhook_messages_of_accident ON webhook_messages (accident_id) WHERE accident_id IS NOT NULL;

-- `state` is `pending`, `delivered`, `dead` or `skipped`. `tries` counts since it last became pending, `attempts` ever.
CREATE TABLE webhook_deliveries (
    endpoint_id  TEXT NOT NULL REFERENCES webhook_endpoints (id),
    seq          INTEGER NOT NULL REFERENCES webhook_messages (seq),
    accident_id  TEXT,
    state        TEXT NOT NULL,
    tries        INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    due_at       TEXT NOT NULL,
    leased_until TEXT,
    lease        TEXT,
    created_at   TEXT NOT NULL,
    last_at      TEXT,
    last_status  INTEGER,
    last_error   TEXT,
    last_took_ms INTEGER,
    PRIMARY KEY (endpoint_id, seq)
) STRICT;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, due_at, seq) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_lane ON webhook_deliveries (endpoint_id, accident_id, seq) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_of_message ON webhook_deliveries (seq);

CREATE TABLE webhook_attempts (
    endpoint_id TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    at          TEXT NOT NULL,
    status      INTEGER,
    error       TEXT,
    took_ms     INTEGER NOT NULL,
    answer      TEXT NOT NULL,
    PRIMARY KEY (endpoint_id, seq, number),
    FOREIGN KEY (endpoint_id, seq) REFERENCES webhook_deliveries (endpoint_id, seq)
) STRICT;
