-- Certificates and seals, which document belongs to which finding, and time stamps that are asked for.

-- Every certificate this installation ever made, and configured seals that it used. `pem` is the certificate only.
CREATE TABLE certificates (
    serial          TEXT PRIMARY KEY,
    kind            TEXT NOT NULL,
    subject         TEXT NOT NULL,
    unit            TEXT,
    accident_id     TEXT REFERENCES accidents (id),
    field           TEXT,
    sha256          TEXT NOT NULL,
    evidence_sha256 TEXT,
    pem             TEXT NOT NULL,
    not_before      TEXT NOT NULL,
    not_after       TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    revoked_at      TEXT,
    reason          TEXT
) STRICT;
CREATE INDEX certificates_of_accident ON certificates (accident_id, created_at, serial);
CREATE INDEX certificates_revoked ON certificates (revoked_at, serial) WHERE revoked_at IS NOT NULL;

-- Seals made by our own authority; the newest of a unit seals.
CREATE TABLE seals (
    serial     TEXT PRIMARY KEY,
    unit       TEXT NOT NULL,
    private    TEXT NOT NULL,
    not_after  TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX seals_of_unit ON seals (unit, not_after, serial);

-- Every page a finding ever had.
CREATE TABLE finding_documents (
    sha256 TEXT PRIMARY KEY REFERENCES documents (sha256),
    number TEXT NOT NULL REFERENCES findings (number)
) STRICT;
INSERT INTO finding_documents (sha256, number)
SELECT sha256, number FROM findings;

CREATE TABLE stampings (
    sha256      TEXT PRIMARY KEY REFERENCES documents (sha256),
    accident_id TEXT NOT NULL REFERENCES accidents (id),
    created_at  TEXT NOT NULL,
    due_at      TEXT NOT NULL,
    tries       INTEGER NOT NULL,
    done_at     TEXT,
    outcome     TEXT
) STRICT;
CREATE INDEX stampings_due ON stampings (due_at, sha256) WHERE done_at IS NULL;
