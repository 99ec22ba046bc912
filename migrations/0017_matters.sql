-- What an account must not read of in the record: an application of a centre that it works for or has a conflict with,
-- and everything that has an identifier of its own and tells of that application or centre.
CREATE VIEW own_file AS
SELECT m.account_id, a.id AS application_id FROM membership m JOIN application a ON a.centre_id = m.centre_id
UNION ALL
SELECT f.account_id, f.application_id FROM conflict f WHERE f.ended_at IS NULL;

CREATE VIEW own_matter AS
SELECT o.account_id, o.application_id AS subject FROM own_file o
UNION ALL
SELECT o.account_id, s.id FROM own_file o JOIN seat s ON s.application_id = o.application_id
UNION ALL
SELECT o.account_id, d.id FROM own_file o JOIN application a ON a.id = o.application_id
JOIN designation d ON d.centre_id = a.centre_id;
