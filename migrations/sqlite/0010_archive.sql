-- The archive: what its lists ask, which case names which file, and what is to be taken off the disk.

-- Follows from the accident's row; a case that nothing was asked of has none.
CREATE TABLE case_archive (
    accident_id  TEXT PRIMARY KEY REFERENCES accidents (id),
    unit         TEXT NOT NULL,
    review_since TEXT,
    held_since   TEXT,
    proposed_at  TEXT,
    destroyed_at TEXT,
    recordings   INTEGER NOT NULL
) STRICT;
CREATE INDEX case_archive_reviewed ON case_archive (unit, review_since, accident_id) WHERE review_since IS NOT NULL;
CREATE INDEX case_archive_held ON case_archive (unit, held_since, accident_id) WHERE held_since IS NOT NULL;
CREATE INDEX case_archive_proposed ON case_archive (unit, proposed_at, accident_id) WHERE proposed_at IS NOT NULL;
CREATE INDEX case_archive_destroyed ON case_archive (unit, destroyed_at, accident_id) WHERE destroyed_at IS NOT NULL;
CREATE INDEX accidents_ended ON accidents (unit, closed_at, id) WHERE closed_at IS NOT NULL;

INSERT INTO case_archive (accident_id, unit, recordings)
SELECT a.id, a.unit, (SELECT COUNT(*) FROM facts f
                       WHERE f.accident_id = a.id AND f.kind = 'evidence_taken'
                         AND json_extract(f.body, '$.evidence.kind') = 'recording')
  FROM accidents a
 WHERE a.closed_at IS NOT NULL;

CREATE TABLE case_files (
    sha256      TEXT NOT NULL,
    accident_id TEXT NOT NULL REFERENCES accidents (id),
    PRIMARY KEY (sha256, accident_id)
) STRICT;
CREATE INDEX case_files_of_accident ON case_files (accident_id, sha256);

-- Documents carry their number and are no other case's; photos may be.
INSERT INTO case_files (sha256, accident_id)
SELECT DISTINCT json_extract(body, '$.evidence.sha256'), accident_id
  FROM facts
 WHERE kind = 'evidence_taken';

-- `what` is `blob` (name: its digest) or `recordings` (name: the accident).
CREATE TABLE doomed (
    what      TEXT NOT NULL,
    name      TEXT NOT NULL,
    doomed_at TEXT NOT NULL,
    PRIMARY KEY (what, name)
) STRICT;
CREATE INDEX doomed_by_time ON doomed (doomed_at, what, name);
