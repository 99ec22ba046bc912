-- What reviews add up to, kept up to date in the transaction of each change: a page of figures costs the same however many
-- applications a cycle has, and what one viewer must not see is taken out again.

-- The levels of a panel whose reviews are all in, and of the centre beside its panel once that is decided.
-- agreed: at how many of the 13 criteria the panel agrees under the rules of the cycle; 99 while a review is missing.
-- levels: one word for each criterion, one digit for each reviewer in the order of letters, "34 22 -1"; empty as above.
-- gaps: one word for each criterion, the level of the centre and that of its panel, "43"; "--" where one is missing.
CREATE TABLE panel_figure (
    application_id TEXT NOT NULL PRIMARY KEY REFERENCES application (id),
    cycle_id TEXT NOT NULL REFERENCES cycle (id),
    agreed BIGINT NOT NULL,
    levels TEXT NOT NULL,
    gaps TEXT NOT NULL
);
CREATE INDEX panel_figure_order ON panel_figure (cycle_id, agreed, application_id);
-- Where panels disagree.
CREATE TABLE panel_split (
    cycle_id TEXT NOT NULL REFERENCES cycle (id),
    criterion BIGINT NOT NULL,
    application_id TEXT NOT NULL REFERENCES application (id),
    PRIMARY KEY (cycle_id, criterion, application_id)
);
-- How often two levels stand beside each other: of two reviewers (pair), of centre and panel (gap); and how many panels of
-- a size agree at so many criteria (panel).
CREATE TABLE level_tally (
    cycle_id TEXT NOT NULL REFERENCES cycle (id),
    kind TEXT NOT NULL,
    criterion BIGINT NOT NULL,
    one BIGINT NOT NULL,
    other BIGINT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (cycle_id, kind, criterion, one, other),
    CONSTRAINT level_tally_kind CHECK (kind IN ('pair', 'gap', 'panel'))
);
