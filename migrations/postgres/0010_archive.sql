-- The archive: what its lists ask, which case names which file, and what is to be taken off the disk.

-- Follows from the accident's row; a case that nothing was asked of has none.
CREATE TABLE case_archive (
    accident_id  UUID PRIMARY KEY REFERENCES accidents (id),
    unit         TEXT NOT NULL,
    review_since TIMESTAMPTZ,
    held_since   TIMESTAMPTZ,
    proposed_at  TIMESTAMPTZ,
    destroyed_at TIMESTAMPTZ,
    recordings   BIGINT NOT NULL
);
CREATE INDEX case_archive_reviewed ON case_archive (unit, review_since, accident_id) WHERE review_since IS NOT NULL;
CREATE INDEX case_archive_held ON case_archive (unit, held_since, accident_id) WHERE held_since IS NOT NULL;
CREATE INDEX case_archive_proposed ON case_archive (unit, proposed_at, accident_id) WHERE proposed_at IS NOT NULL;
CREATE INDEX case_archive_destroyed ON case_archive (unit, destroyed_at, accident_id) WHERE destroyed_at IS NOT NULL;
CREATE INDEX accidents_ended ON accidents (unit, closed_at, id) WHERE closed_at IS NOT NULL;

INSERT INTO case_archive (accident_id, unit, recordings)
SELECT a.id, a.unit, (SELECT COUNT(*) FROM facts f
                       WHERE f.accident_id = a.id AND f.kind = 'evidence_taken'
                         AND CAST(f.body AS JSONB) -> 'evidence' ->> 'kind' = 'recording')
  FROM accidents a
 WHERE a.closed_at IS NOT NULL;

CREATE TABLE case_files (
    sha256      TEXT NOT NULL,
    accident_id UUID NOT NULL REFERENCES accidents (id),
    PRIMARY KEY (sha256, accident_id)
);
CREATE INDEX case_files_of_accident ON case_files (accident_id, sha256);

-- Documents carry their number and are no other case's; photos may be.
INSERT INTO case_files (sha256, accident_id)
SELECT DISTINCT CAST(body AS JSONB) -> 'evidence' ->> 'sha256', accident_id
  FROM facts
 WHERE kind = 'evidence_taken';

-- `what` is `blob` (name: its digest) or `recordings` (name: the accident).
CREATE TABLE doomed (
    what      TEXT NOT NULL,
    name      TEXT NOT NULL,
    doomed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (what, name)
);
CREATE INDEX doomed_by_time ON doomed (doomed_at, what, name);
