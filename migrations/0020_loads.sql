-- What the board of a cycle counts, kept up to date in the transaction of each change: the board costs the same however
-- many applications there are, and what one viewer must not see is taken out again.

-- Under what an application counts now; each line counts one. The rule stands here alone: what is kept below is filled
-- from it, and each change is counted by it.
-- part 'application': its stage; a draft that was returned; under review how many sit on the panel and how many of them
-- have handed in; in deliberation whether a decision waits to be confirmed.
-- part is an account: its seat on the panel. 'open': it still could hand in, and nobody waits for it. 'past…': released.
-- part 'question': an open one that waits to be passed on, or for the centre until a moment.
CREATE VIEW board_now AS
SELECT a.id AS application_id, a.cycle_id, 'application' AS part, CASE
    WHEN a.stage = 'draft' AND a.stage_data LIKE '%"reasons"%' THEN 'draft returned'
    WHEN a.stage = 'under-review' THEN 'under-review '
        || CAST((SELECT COUNT(*) FROM seat t WHERE t.application_id = a.id AND t.state IN ('asked', 'accepted')) AS TEXT) || ' '
        || CAST((SELECT COUNT(*) FROM seat t WHERE t.application_id = a.id AND t.state = 'accepted' AND t.submitted_at IS NOT NULL) AS TEXT)
    WHEN a.stage = 'deliberation' AND EXISTS (SELECT 1 FROM decision d WHERE d.application_id = a.id) THEN
        CASE WHEN EXISTS (SELECT 1 FROM decision d WHERE d.application_id = a.id AND d.confirmed_at IS NULL)
        THEN 'deliberation proposed' ELSE 'deliberation confirmed' END
    ELSE a.stage END AS word
FROM application a
UNION ALL
SELECT a.id, a.cycle_id, q.account_id, CASE
    WHEN a.stage = 'released' AND s.state = 'accepted' AND s.submitted_at IS NOT NULL THEN 'past handed-in'
    WHEN a.stage = 'released' THEN 'past'
    WHEN s.state = 'asked' THEN 'asked'
    WHEN s.submitted_at IS NOT NULL THEN 'handed-in'
    WHEN a.stage = 'under-review' THEN 'owed'
    ELSE 'open' END
FROM application a CROSS JOIN seat s CROSS JOIN panel_identity q
WHERE s.application_id = a.id AND q.seat_id = s.id AND s.state IN ('asked', 'accepted')
    AND a.stage IN ('under-review', 'deliberation', 'decided', 'released')
UNION ALL
SELECT a.id, a.cycle_id, 'question', CASE WHEN r.relayed_at IS NULL THEN 'relay' ELSE CAST(r.due_at AS TEXT) END
FROM application a CROSS JOIN information_request r
WHERE r.application_id = a.id AND r.closed_at IS NULL AND a.stage IN ('under-review', 'deliberation')
    AND (SELECT g.side FROM information_message g WHERE g.request_id = r.id ORDER BY g.at DESC, g.id DESC LIMIT 1) = 'panel';

-- Under what an application is counted.
CREATE TABLE board_part (
    application_id TEXT NOT NULL REFERENCES application (id),
    part TEXT NOT NULL,
    word TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (application_id, part, word)
);
-- The sums of a cycle.
CREATE TABLE board_sum (
    cycle_id TEXT NOT NULL REFERENCES cycle (id),
    part TEXT NOT NULL,
    word TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (cycle_id, part, word)
);
INSERT INTO board_part (application_id, part, word, number)
SELECT application_id, part, word, COUNT(*) FROM board_now GROUP BY application_id, part, word;
INSERT INTO board_sum (cycle_id, part, word, number)
SELECT cycle_id, part, word, COUNT(*) FROM board_now GROUP BY cycle_id, part, word;

-- Since when the oldest waits for screening.
CREATE INDEX application_waiting ON application (cycle_id, updated_at) WHERE stage = 'submitted';
