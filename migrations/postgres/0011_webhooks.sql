-- Webhooks: who wants to hear of what, what is to be told, and what became of it.

-- `state` is `active`, `disabled` or `deleted`; a deleted one is empty and goes when nothing refers to it any more.
CREATE TABLE webhook_endpoints (
    id            UUID PRIMARY KEY,
    insurer       TEXT NOT NULL,
    url           TEXT NOT NULL,
    events        JSONB NOT NULL,
    description   TEXT NOT NULL,
    format        TEXT NOT NULL,
    state         TEXT NOT NULL,
    ended_at      TIMESTAMPTZ,
    ended_reason  TEXT,
    ended_detail  TEXT,
    failing_since TIMESTAMPTZ,
    created_at    TIMESTAMPTZ NOT NULL,
    created_by    TEXT NOT NULL
);
CREATE INDEX webhook_endpoints_of ON webhook_endpoints (insurer, state, id);

-- Kept as they are: whoever signs needs them.
CREATE TABLE webhook_secrets (
    id          UUID PRIMARY KEY,
    endpoint_id UUID NOT NULL REFERENCES webhook_endpoints (id),
    secret      TEXT NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    expires_at  TIMESTAMPTZ
);
CREATE INDEX webhook_secrets_of ON webhook_secrets (endpoint_id, created_at);

-- Written with the deed. `seq` is the order of events; `body` is what is signed, byte for byte.
CREATE TABLE webhook_messages (
    seq           BIGINT PRIMARY KEY,
    id            UUID NOT NULL UNIQUE,
    insurer       TEXT NOT NULL,
    kind          TEXT NOT NULL,
    accident_id   UUID REFERENCES accidents (id),
    settlement_id UUID,
    body          TEXT NOT NULL,
    written_at    TIMESTAMPTZ NOT NULL
);
CREATE INDEX webhook_messages_of ON webhook_messages (insurer, written_at, seq);
CREATE INDEX webhook_messages_by_time ON webhook_messages (written_at);
CREATE INDEX webhook_messages_of_accident ON webhook_messages (accident_id) WHERE accident_id IS NOT NULL;

-- `state` is `pending`, `delivered`, `dead` or `skipped`. `tries` counts since it last became pending, `attempts` ever.
CREATE TABLE webhook_deliveries (
    endpoint_id  UUID NOT NULL REFERENCES webhook_endpoints (id),
    seq          BIGINT NOT NULL REFERENCES webhook_messages (seq),
    accident_id  UUID,
    state        TEXT NOT NULL,
    tries        BIGINT NOT NULL,
    attempts     BIGINT NOT NULL,
    due_at       TIMESTAMPTZ NOT NULL,
    leased_until TIMESTAMPTZ,
    lease        UUID,
    created_at   TIMESTAMPTZ NOT NULL,
    last_at      TIMESTAMPTZ,
    last_status  BIGINT,
    last_error   TEXT,
    last_took_ms BIGINT,
    PRIMARY KEY (endpoint_id, seq)
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, due_at, seq) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_lane ON webhook_deliveries (endpoint_id, accident_id, seq) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_of_message ON webhook_deliveries (seq);

CREATE TABLE webhook_attempts (
    endpoint_id UUID NOT NULL,
    seq         BIGINT NOT NULL,
    number      BIGINT NOT NULL,
    at          TIMESTAMPTZ NOT NULL,
    status      BIGINT,
    error       TEXT,
    took_ms     BIGINT NOT NULL,
    answer      TEXT NOT NULL,
    PRIMARY KEY (endpoint_id, seq, number),
    FOREIGN KEY (endpoint_id, seq) REFERENCES webhook_deliveries (endpoint_id, seq)
);
