-- By what insurers find a record, who of them looked at what, and what they take along as a file.

-- A plate, a policy of the insurer's own, a number of a finding; normalised.
CREATE TABLE settlement_search (
    accident_id UUID NOT NULL REFERENCES accidents (id),
    insurer     TEXT NOT NULL,
    -- By bytes: what begins alike stands together.
    term        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (insurer, term, accident_id)
);
CREATE INDEX settlement_search_of_accident ON settlement_search (accident_id);
CREATE INDEX settlement_records_by_time ON settlement_records (settled_at, id);

-- Records from before are found as well: begin
INSERT INTO settlement_search (accident_id, insurer, term)
SELECT DISTINCT r.accident_id, i.insurer, upper(r.body ->> 'finding_number')
  FROM settlement_records r JOIN settlement_insurers i ON i.record_id = r.id
 WHERE r.body ->> 'finding_number' <> ''
UNION
SELECT r.accident_id, i.insurer, upper(translate(p ->> 'plate', ' -·', ''))
  FROM settlement_records r JOIN settlement_insurers i ON i.record_id = r.id
 CROSS JOIN jsonb_array_elements(r.body -> 'parties') p
 WHERE p ->> 'plate' <> ''
UNION
SELECT r.accident_id, i.insurer, substr(upper(translate(p ->> 'plate', ' -·', '')), 2)
  FROM settlement_records r JOIN settlement_insurers i ON i.record_id = r.id
 CROSS JOIN jsonb_array_elements(r.body -> 'parties') p
 WHERE length(p ->> 'plate') > 1
UNION
SELECT r.accident_id, own, upper(translate(p ->> 'policy', ' -', ''))
  FROM settlement_records r
 CROSS JOIN jsonb_array_elements(r.body -> 'parties') p
 CROSS JOIN jsonb_array_elements_text(p -> 'insurers') own
 WHERE p ->> 'policy' <> '';
-- end

CREATE TABLE insurer_reads (
    id          UUID PRIMARY KEY,
    insurer     TEXT NOT NULL,
    by_whom     TEXT NOT NULL,
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    accident_id UUID REFERENCES accidents (id),
    -- Of a page of a list: after which change it began, with which it ended.
    from_change BIGINT,
    to_change   BIGINT,
    records     BIGINT NOT NULL,
    at          TIMESTAMPTZ NOT NULL
);
CREATE INDEX insurer_reads_of_accident ON insurer_reads (accident_id, at, id) WHERE accident_id IS NOT NULL;
CREATE INDEX insurer_reads_of_lists ON insurer_reads (insurer, kind, to_change) WHERE to_change IS NOT NULL;

INSERT INTO insurer_reads (id, insurer, by_whom, kind, subject, accident_id, records, at)
SELECT v.id, v.insurer, v.client_id, 'assessment_photo', v.assessment_id::text || '/' || v.evidence_id::text, a.accident_id, 1, v.at
  FROM assessment_photo_views v JOIN assessments a ON a.id = v.assessment_id;
DROP TABLE assessment_photo_views;

-- The file lies in the folder `exports` under the id.
CREATE TABLE exports (
    id         UUID PRIMARY KEY,
    insurer    TEXT NOT NULL,
    by_whom    TEXT NOT NULL,
    kind       TEXT NOT NULL,
    format     TEXT NOT NULL,
    from_day   TEXT,
    to_day     TEXT,
    wanted     TEXT,
    state      TEXT NOT NULL,
    done       BIGINT NOT NULL,
    total      BIGINT NOT NULL,
    -- Whoever writes it has it until then.
    held_until TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX exports_to_write ON exports (created_at, id) WHERE state IN ('queued', 'running');
CREATE INDEX exports_by_insurer ON exports (insurer, state);
