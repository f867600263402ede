-- segment S where sample 10% and (created after 2026-01-01 or role is unknown)

SELECT c.contact_id
FROM "contact" AS c
WHERE md5(concat($p1, ':', c.contact_id)) < $p2
  AND (c."created" >= $p3 OR c."role" IS NULL)

-- $p1: text "p:S"
-- $p2: text "199999999999a"
-- $p3: instant {"kind":"day","date":"2026-01-01","edge":"end"}
