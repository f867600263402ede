-- segment S where role = decision_maker and not opened in 90d

SELECT c.contact_id
FROM "contact" AS c
ANTI JOIN (
  SELECT e.contact_id
  FROM "event_opened" AS e
  WHERE e.occurred_at <= $now
    AND e.occurred_at >= $p2
    AND (e."machine") IS NOT TRUE
) AS x1 ON x1.contact_id = c.contact_id
WHERE c."role" = $p1

-- $p1: text "decision_maker"
-- $now: instant {"kind":"now"}
-- $p2: instant {"kind":"shift","by":{"amount":-90,"unit":"d"}}
