-- By what insurers find a record, who of them looked at what, and what they take along as a file.

-- A plate, a policy of the insurer's own, a number of a finding; normalised.
CREATE TABLE settlement_search (
    accident_id TEXT NOT NULL REFERENCES accidents (id),
    insurer     TEXT NOT NULL,
    term        TEXT NOT NULL,
    PRIMARY KEY (insurer, term, accident_id)
) STRICT;
CREATE INDEX settlement_search_of_accident ON settlement_search (accident_id);
CREATE INDEX settlement_records_by_time ON settlement_records (settled_at, id);

-- Records from before are found as well: begin
INSERT INTO settlement_search (accident_id, insurer, term)
SELECT DISTINCT r.accident_id, i.insurer, upper(r.body ->> 'finding_number')
  FROM settlement_records r JOIN settlement_insurers i ON i.record_id = r.id
 WHERE r.body ->> 'finding_number' <> ''
UNION
SELECT r.accident_id, i.insurer, upper(replace(replace(replace(p.value ->> 'plate', ' ', ''), '-', ''), '·', ''))
  FROM settlement_records r JOIN settlement_insurers i ON i.record_id = r.id
  JOIN json_each(r.body, '$.parties') p
 WHERE p.value ->> 'plate' <> ''
UNION
SELECT r.accident_id, i.insurer, substr(upper(replace(replace(replace(p.value ->> 'plate', ' ', ''), '-', ''), '·', '')), 2)
  FROM settlement_records r JOIN settlement_insurers i ON i.record_id = r.id
  JOIN json_each(r.body, '$.parties') p
 WHERE length(p.value ->> 'plate') > 1
UNION
SELECT r.accident_id, own.value, upper(replace(replace(p.value ->> 'policy', ' ', ''), '-', ''))
  FROM settlement_records r
  JOIN json_each(r.body, '$.parties') p
  JOIN json_each(p.value, '$.insurers') own
 WHERE p.value ->> 'policy' <> '';
-- end

CREATE TABLE insurer_reads (
    id          TEXT PRIMARY KEY,
    insurer     TEXT NOT NULL,
    by_whom     TEXT NOT NULL,
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    accident_id TEXT REFERENCES accidents (id),
    -- Of a page of a list: after which change it began, with which it ended.
    from_change INTEGER,
    to_change   INTEGER,
    records     INTEGER NOT NULL,
    at          TEXT NOT NULL
) STRICT;
CREATE INDEX insurer_reads_of_accident ON insurer_reads (accident_id, at, id) WHERE accident_id IS NOT NULL;
CREATE INDEX insurer_reads_of_lists ON insurer_reads (insurer, kind, to_change) WHERE to_change IS NOT NULL;

INSERT INTO insurer_reads (id, insurer, by_whom, kind, subject, accident_id, records, at)
SELECT v.id, v.insurer, v.client_id, 'assessment_photo', v.assessment_id || '/' || v.evidence_id, a.accident_id, 1, v.at
  FROM assessment_photo_views v JOIN assessments a ON a.id = v.assessment_id;
DROP TABLE assessment_photo_views;

-- The file lies in the folder `exports` under the id.
CREATE TABLE exports (
    id         TEXT PRIMARY KEY,
    insurer    TEXT NOT NULL,
    by_whom    TEXT NOT NULL,
    kind       TEXT NOT NULL,
    format     TEXT NOT NULL,
    from_day   TEXT,
    to_day     TEXT,
    wanted     TEXT,
    state      TEXT NOT NULL,
    done       INTEGER NOT NULL,
    total      INTEGER NOT NULL,
    -- Whoever writes it has it until then.
    held_until TEXT,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX exports_to_write ON exports (created_at, id) WHERE state IN ('queued', 'running');
CREATE INDEX exports_by_insurer ON exports (insurer, state);
