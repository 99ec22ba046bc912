-- What a centre plans where a criterion is not yet met. Dates and owners are kept as typed.
CREATE TABLE planned_action (
    id TEXT NOT NULL PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES application (id),
    criterion BIGINT NOT NULL,
    what TEXT NOT NULL,
    owner TEXT NOT NULL,
    due TEXT NOT NULL,
    measure TEXT NOT NULL,
    carried BOOLEAN NOT NULL,
    done_at BIGINT,
    removed_at BIGINT,
    created_at BIGINT NOT NULL,
    CONSTRAINT planned_action_criterion CHECK (criterion BETWEEN 1 AND 13)
);
CREATE INDEX planned_action_application ON planned_action (application_id);
