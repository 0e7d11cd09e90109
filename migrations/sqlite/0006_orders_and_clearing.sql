-- Payment orders as insurers pull them, and what insurers owe each other month by month.

CREATE TABLE payment_orders (
    id          TEXT PRIMARY KEY,
    change_no   INTEGER NOT NULL UNIQUE,
    accident_id TEXT NOT NULL REFERENCES accidents (id),
    insurer     TEXT NOT NULL,
    state       TEXT NOT NULL,
    body        TEXT NOT NULL
) STRICT;
CREATE INDEX payment_orders_of_insurer ON payment_orders (insurer, change_no);
CREATE INDEX payment_orders_of_accident ON payment_orders (accident_id, change_no);

-- Follows from the facts of the accidents; `month` is China's, of the booking.
CREATE TABLE clearing_claims (
    order_id       TEXT NOT NULL REFERENCES payment_orders (id),
    kind           TEXT NOT NULL,
    creditor       TEXT NOT NULL,
    debtor         TEXT NOT NULL,
    unit           TEXT NOT NULL REFERENCES units (code),
    month          TEXT NOT NULL,
    accident_id    TEXT NOT NULL REFERENCES accidents (id),
    finding_number TEXT NOT NULL,
    amount_fen     INTEGER NOT NULL,
    booked_at      TEXT NOT NULL,
    PRIMARY KEY (order_id, kind, creditor, debtor)
) STRICT;
CREATE INDEX clearing_claims_of_month ON clearing_claims (unit, month, creditor, debtor);
CREATE INDEX clearing_claims_of_accident ON clearing_claims (accident_id, booked_at);

-- One row per month that anything was booked into: whoever books or closes holds it until the commit.
CREATE TABLE clearing_months (
    unit      TEXT NOT NULL REFERENCES units (code),
    month     TEXT NOT NULL,
    closed_at TEXT,
    PRIMARY KEY (unit, month)
) STRICT;

-- Append-only. `body` is text and not JSON: the digest is over its very bytes.
CREATE TABLE clearing_facts (
    unit            TEXT NOT NULL REFERENCES units (code),
    seq             INTEGER NOT NULL,
    month           TEXT NOT NULL,
    body            TEXT NOT NULL,
    at              TEXT NOT NULL,
    by_whom         TEXT NOT NULL,
    digest          TEXT NOT NULL,
    previous_digest TEXT NOT NULL,
    PRIMARY KEY (unit, seq),
    UNIQUE (unit, month)
) STRICT;
