-- Guests: people invited into a session by link who are no party.

CREATE TABLE guest_links (
    digest      TEXT PRIMARY KEY,
    accident_id TEXT NOT NULL REFERENCES accidents (id),
    guest_id    TEXT NOT NULL UNIQUE,
    created_at  TEXT NOT NULL
) STRICT;

ALTER TABLE sessions ADD COLUMN guest_id TEXT;
