-- Guests: people invited into a session by link who are no party.

CREATE TABLE guest_links (
    digest      TEXT PRIMARY KEY,
    accident_id UUID NOT NULL REFERENCES accidents (id),
    guest_id    UUID NOT NULL UNIQUE,
    created_at  TIMESTAMPTZ NOT NULL
);

ALTER TABLE sessions ADD COLUMN guest_id UUID;
