-- A sandbox: how far time for cases was moved on, and which stories were told at its first start.

CREATE TABLE sandbox_clock (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    offset_us INTEGER NOT NULL
) STRICT;

CREATE TABLE sandbox_stories (
    name    TEXT PRIMARY KEY,
    told_at TEXT NOT NULL
) STRICT;
