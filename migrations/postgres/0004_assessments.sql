-- What insurers pull of assessments, when the next window ends, and who looked at which photo.

CREATE TABLE assessments (
    id          UUID PRIMARY KEY,
    change_no   BIGINT NOT NULL UNIQUE,
    accident_id UUID NOT NULL REFERENCES accidents (id),
    state       TEXT NOT NULL,
    due_at      TIMESTAMPTZ,
    body        JSONB NOT NULL
);
CREATE INDEX assessments_of_accident ON assessments (accident_id, id);
CREATE INDEX assessments_due ON assessments (due_at, id) WHERE due_at IS NOT NULL;

CREATE TABLE assessment_insurers (
    assessment_id UUID NOT NULL REFERENCES assessments (id),
    insurer       TEXT NOT NULL,
    PRIMARY KEY (assessment_id, insurer)
);
CREATE INDEX assessment_insurers_by_insurer ON assessment_insurers (insurer, assessment_id);

CREATE TABLE assessment_photo_views (
    id            UUID PRIMARY KEY,
    assessment_id UUID NOT NULL REFERENCES assessments (id),
    evidence_id   UUID NOT NULL,
    insurer       TEXT NOT NULL,
    client_id     TEXT NOT NULL,
    at            TIMESTAMPTZ NOT NULL
);
CREATE INDEX assessment_photo_views_of_assessment ON assessment_photo_views (assessment_id, at, id);
