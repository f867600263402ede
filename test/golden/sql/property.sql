-- segment S where purchased where (product = "Pro" and (amount >= 200 EUR or at before 2026-01-01)) in 1y

SELECT DISTINCT e.contact_id
FROM "event_purchased" AS e
WHERE e.occurred_at <= $now
  AND e.occurred_at >= $p1
  AND (lower(trim(e."product")) = lower(trim($p2)) AND (e."amount" >= $p3 OR e.occurred_at < $p4))

-- $now: instant {"kind":"now"}
-- $p1: instant {"kind":"shift","by":{"amount":-1,"unit":"y"}}
-- $p2: text "Pro"
-- $p3: money "200"
-- $p4: instant {"kind":"day","date":"2026-01-01","edge":"start"}
