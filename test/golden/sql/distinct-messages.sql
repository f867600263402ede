-- segment S where received at least 3 times in 90d and opened including machines at most 1 time in 90d

SELECT c.contact_id
FROM (
  SELECT e.contact_id
  FROM "event_received" AS e
  WHERE e.occurred_at <= $now
    AND e.occurred_at >= $p1
  GROUP BY e.contact_id
  HAVING count(DISTINCT e."message") + count(*) FILTER (WHERE e."message" IS NULL) >= $p2
) AS c
ANTI JOIN (
  SELECT e.contact_id
  FROM "event_opened" AS e
  WHERE e.occurred_at <= $now
    AND e.occurred_at >= $p1
  GROUP BY e.contact_id
  HAVING NOT (count(DISTINCT e."message") + count(*) FILTER (WHERE e."message" IS NULL) <= $p3)
) AS x1 ON x1.contact_id = c.contact_id

-- $now: instant {"kind":"now"}
-- $p1: instant {"kind":"shift","by":{"amount":-90,"unit":"d"}}
-- $p2: integer 3
-- $p3: integer 1
