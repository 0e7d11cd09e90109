-- A sandbox: how far time for cases was moved on, and which stories were told at its first start.

CREATE TABLE sandbox_clock (
    id        SMALLINT PRIMARY KEY CHECK (id = 1),
    offset_us BIGINT NOT NULL
);

CREATE TABLE sandbox_stories (
    name    TEXT PRIMARY KEY,
    told_at TIMESTAMPTZ NOT NULL
);
