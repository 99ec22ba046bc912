-- Counts the changes of an application's answers, evidence, notes, plan and signatories, so that what was read once can
-- be kept in memory for as long as it is current.
ALTER TABLE application ADD COLUMN changes BIGINT NOT NULL DEFAULT 0;
-- The open page that a second text comes from: another page of the same person is another text.
ALTER TABLE answer_rival ADD COLUMN page TEXT;
