-- segment S where visited where (url starts with "https://acme.example/pricing") at least 2 times in 14d

SELECT e.contact_id
FROM "event_visited" AS e
WHERE e.occurred_at <= $now
  AND e.occurred_at >= $p1
  AND starts_with(lower(trim(e."url")), lower(trim($p2)))
GROUP BY e.contact_id
HAVING count(*) >= $p3

-- $now: instant {"kind":"now"}
-- $p1: instant {"kind":"shift","by":{"amount":-14,"unit":"d"}}
-- $p2: text "https://acme.example/pricing"
-- $p3: integer 2
