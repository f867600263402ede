-- segment S where purchased exactly 1 time and not purchased in 30d

SELECT e.contact_id
FROM "event_purchased" AS e
WHERE e.occurred_at <= $now
GROUP BY e.contact_id
HAVING count(DISTINCT e."order_id") + count(*) FILTER (WHERE e."order_id" IS NULL) = $p2
  AND NOT ((bool_or(e.occurred_at >= $p1)) IS TRUE)

-- $now: instant {"kind":"now"}
-- $p1: instant {"kind":"shift","by":{"amount":-30,"unit":"d"}}
-- $p2: integer 1
