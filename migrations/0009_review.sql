-- Anonymised review. What belongs to a person on either side of the blind stands in tables of its own (reviewer_profile,
-- reviewer_tie, conflict, panel_identity); what a reviewer reads comes from blind_copy, which names nobody.

-- The rules of a cycle, as JSON: empty means the defaults of the portal.
ALTER TABLE cycle ADD COLUMN reviews_due_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cycle ADD COLUMN award_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cycle ADD COLUMN rules TEXT NOT NULL DEFAULT '';
ALTER TABLE cycle ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
UPDATE cycle SET reviews_due_at = closes_at + (decision_at - closes_at) / 2, award_at = decision_at + 5184000000;

-- A deadline of its own, for one application.
ALTER TABLE application ADD COLUMN extended_to BIGINT;
CREATE INDEX application_cycle_stage ON application (cycle_id, stage, id);
-- Identities: by which word the working group finds a centre, and how its list is ordered; lower case, as bytes, so that
-- both engines order alike.
ALTER TABLE centre_identity ADD COLUMN sort_key BYTEA;
CREATE INDEX centre_identity_sort ON centre_identity (sort_key, centre_id);
CREATE INDEX centre_identity_country ON centre_identity (country, centre_id);

-- What reviewers read: the frozen snapshot under an alias, with the words that name the centre taken out. Made when
-- screening accepts an application. content is JSON; nothing queries inside it.
CREATE TABLE blind_copy (
    application_id TEXT NOT NULL PRIMARY KEY REFERENCES application (id),
    cycle_id TEXT NOT NULL REFERENCES cycle (id),
    alias TEXT NOT NULL,
    edition TEXT NOT NULL,
    content TEXT NOT NULL,
    CONSTRAINT blind_copy_alias UNIQUE (alias)
);

-- Identities: what a reviewer says of themselves, for assignment and conflicts.
CREATE TABLE reviewer_profile (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id),
    institution TEXT NOT NULL,
    country TEXT NOT NULL,
    languages TEXT NOT NULL,
    expertise TEXT NOT NULL,
    most_reviews BIGINT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- Identities: institutions and people that a reviewer is tied to. reason is private.
CREATE TABLE reviewer_tie (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    domain TEXT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT reviewer_tie_kind CHECK (kind IN ('institution', 'co-author', 'mentor', 'other'))
);
CREATE INDEX reviewer_tie_account ON reviewer_tie (account_id);
-- Identities: who must not see which application. Ended, never deleted; reason is private to who declared it.
CREATE TABLE conflict (
    id TEXT NOT NULL PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES application (id),
    account_id TEXT NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    ended_at BIGINT,
    CONSTRAINT conflict_kind CHECK (kind IN ('institution', 'country', 'co-author', 'mentor', 'other')),
    CONSTRAINT conflict_source CHECK (source IN ('declared', 'computed', 'recorded'))
);
CREATE INDEX conflict_account ON conflict (account_id);
CREATE UNIQUE INDEX conflict_once ON conflict (application_id, account_id) WHERE ended_at IS NULL;

-- A place on the panel of an application. id is the public id of the review. Letters across the blind follow `place`,
-- which is random.
CREATE TABLE seat (
    id TEXT NOT NULL PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES application (id),
    state TEXT NOT NULL,
    place BIGINT NOT NULL,
    leads BOOLEAN NOT NULL,
    asked_at BIGINT NOT NULL,
    answered_at BIGINT,
    opened_at BIGINT,
    recommendation TEXT,
    summary TEXT NOT NULL,
    note TEXT NOT NULL,
    submitted_at BIGINT,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT seat_state CHECK (state IN ('asked', 'accepted', 'declined', 'removed'))
);
CREATE INDEX seat_application ON seat (application_id);
-- Identities: who sits there. A conflict that is found ends the seat and leaves this row for the record.
CREATE TABLE panel_identity (
    seat_id TEXT NOT NULL PRIMARY KEY REFERENCES seat (id),
    account_id TEXT NOT NULL REFERENCES account (id),
    why TEXT NOT NULL,
    decline_reason TEXT NOT NULL
);
CREATE INDEX panel_identity_account ON panel_identity (account_id);
-- What a reviewer says about one criterion. content is JSON (domain::review::Mark). level_before is the level that stood
-- when the centre's own was shown; revised is the level after deliberation.
CREATE TABLE mark (
    seat_id TEXT NOT NULL REFERENCES seat (id),
    criterion BIGINT NOT NULL,
    content TEXT NOT NULL,
    level BIGINT,
    level_before BIGINT,
    own_shown BOOLEAN NOT NULL,
    revised BIGINT,
    revised_why TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    saved_from TEXT,
    PRIMARY KEY (seat_id, criterion),
    CONSTRAINT mark_criterion CHECK (criterion BETWEEN 1 AND 13),
    CONSTRAINT mark_level CHECK (level BETWEEN 0 AND 4),
    CONSTRAINT mark_revised CHECK (revised BETWEEN 0 AND 4)
);
-- Texts of a mark that were replaced, or that a second open page has sent over a newer one.
CREATE TABLE mark_history (
    id TEXT NOT NULL PRIMARY KEY,
    seat_id TEXT NOT NULL REFERENCES seat (id),
    criterion BIGINT NOT NULL,
    content TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX mark_history_place ON mark_history (seat_id, criterion, at);

-- An anonymous question to the centre. seat_id is none when the working group asks. The centre sees it once it is relayed.
CREATE TABLE information_request (
    id TEXT NOT NULL PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES application (id),
    criterion BIGINT NOT NULL,
    seat_id TEXT REFERENCES seat (id),
    asked_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    relayed_at BIGINT,
    closed_at BIGINT,
    version BIGINT NOT NULL,
    CONSTRAINT information_request_criterion CHECK (criterion BETWEEN 1 AND 13)
);
CREATE INDEX information_request_application ON information_request (application_id);
CREATE TABLE information_message (
    id TEXT NOT NULL PRIMARY KEY,
    request_id TEXT NOT NULL REFERENCES information_request (id),
    side TEXT NOT NULL,
    text TEXT NOT NULL,
    at BIGINT NOT NULL,
    author_id TEXT REFERENCES account (id),
    CONSTRAINT information_message_side CHECK (side IN ('panel', 'centre'))
);
CREATE INDEX information_message_request ON information_message (request_id, at);
CREATE TABLE information_evidence (
    message_id TEXT NOT NULL REFERENCES information_message (id),
    letter TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    file_id TEXT REFERENCES file (id),
    link TEXT,
    PRIMARY KEY (message_id, letter)
);

-- The panel's talk about one criterion, under letters. seat_id is none for the working group.
CREATE TABLE panel_post (
    id TEXT NOT NULL PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES application (id),
    criterion BIGINT NOT NULL,
    seat_id TEXT REFERENCES seat (id),
    author_id TEXT REFERENCES account (id),
    text TEXT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT panel_post_criterion CHECK (criterion BETWEEN 1 AND 13)
);
CREATE INDEX panel_post_place ON panel_post (application_id, criterion, at);
-- What the panel agreed on, per criterion; its text is what the centre will read.
CREATE TABLE consensus (
    application_id TEXT NOT NULL REFERENCES application (id),
    criterion BIGINT NOT NULL,
    level BIGINT,
    strengths TEXT NOT NULL,
    gap TEXT NOT NULL,
    satisfy TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT REFERENCES account (id),
    PRIMARY KEY (application_id, criterion),
    CONSTRAINT consensus_criterion CHECK (criterion BETWEEN 1 AND 13),
    CONSTRAINT consensus_level CHECK (level BETWEEN 0 AND 4)
);
CREATE TABLE consensus_history (
    id TEXT NOT NULL PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES application (id),
    criterion BIGINT NOT NULL,
    content TEXT NOT NULL,
    at BIGINT NOT NULL,
    author_id TEXT REFERENCES account (id)
);
CREATE INDEX consensus_history_place ON consensus_history (application_id, criterion, at);

-- A decision is proposed by one person and confirmed by another. deviation says why it differs from what the rules suggest.
CREATE TABLE decision (
    application_id TEXT NOT NULL PRIMARY KEY REFERENCES application (id),
    cycle_id TEXT NOT NULL REFERENCES cycle (id),
    suggested TEXT NOT NULL,
    outcome TEXT NOT NULL,
    deviation TEXT NOT NULL,
    letter TEXT NOT NULL,
    proposed_by TEXT NOT NULL REFERENCES account (id),
    proposed_at BIGINT NOT NULL,
    confirmed_by TEXT REFERENCES account (id),
    confirmed_at BIGINT,
    release_id TEXT,
    place BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX decision_cycle ON decision (cycle_id, release_id);
-- A batch of decisions that becomes visible at one time, in a shuffled order.
CREATE TABLE release_batch (
    id TEXT NOT NULL PRIMARY KEY,
    cycle_id TEXT NOT NULL REFERENCES cycle (id),
    proposed_by TEXT NOT NULL REFERENCES account (id),
    proposed_at BIGINT NOT NULL,
    released_by TEXT REFERENCES account (id),
    released_at BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX release_batch_cycle ON release_batch (cycle_id);
-- A hit of the scan for identities in what goes to the centre, and who has cleared it.
CREATE TABLE gate_clearance (
    application_id TEXT NOT NULL REFERENCES application (id),
    hit_hash TEXT NOT NULL,
    reason TEXT NOT NULL,
    by_id TEXT REFERENCES account (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (application_id, hit_hash)
);
-- One bounded round after the release: an appeal, or the correction of a fact.
CREATE TABLE appeal (
    application_id TEXT NOT NULL PRIMARY KEY REFERENCES application (id),
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    by_id TEXT REFERENCES account (id),
    at BIGINT NOT NULL,
    answer TEXT,
    changed TEXT,
    answered_by TEXT REFERENCES account (id),
    answered_at BIGINT,
    confirmed_by TEXT REFERENCES account (id),
    confirmed_at BIGINT,
    version BIGINT NOT NULL,
    CONSTRAINT appeal_kind CHECK (kind IN ('appeal', 'correction'))
);

-- The status that follows an outcome. code is what stands on the certificate. published: the centre agreed.
CREATE TABLE designation (
    id TEXT NOT NULL PRIMARY KEY,
    centre_id TEXT NOT NULL REFERENCES centre (id),
    application_id TEXT NOT NULL REFERENCES application (id),
    code TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    published BOOLEAN NOT NULL,
    public_name TEXT NOT NULL,
    withdrawn_at BIGINT,
    withdrawn_why TEXT NOT NULL,
    withdrawn_by TEXT REFERENCES account (id),
    proposed_withdrawal TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT designation_code UNIQUE (code),
    CONSTRAINT designation_once UNIQUE (application_id),
    CONSTRAINT designation_dates CHECK (valid_from < valid_until)
);
CREATE INDEX designation_centre ON designation (centre_id);
CREATE INDEX designation_until ON designation (valid_until, id);
CREATE TABLE visit_note (
    id TEXT NOT NULL PRIMARY KEY,
    designation_id TEXT NOT NULL REFERENCES designation (id),
    visited TEXT NOT NULL,
    text TEXT NOT NULL,
    author_id TEXT REFERENCES account (id),
    at BIGINT NOT NULL
);
CREATE INDEX visit_note_designation ON visit_note (designation_id, at);

-- What a reviewer has marked in the practice set; shown to nobody else.
CREATE TABLE practice_mark (
    account_id TEXT NOT NULL REFERENCES account (id),
    practice TEXT NOT NULL,
    criterion BIGINT NOT NULL,
    level BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account_id, practice, criterion),
    CONSTRAINT practice_mark_level CHECK (level BETWEEN 0 AND 4)
);
