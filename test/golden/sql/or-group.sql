-- segment S where role = influencer and (seats >= 200 or opened in 30d or clicked welcome in 30d)

SELECT c.contact_id
FROM "contact" AS c
WHERE c."role" = $p1
  AND (c."seats" >= $p2 OR c.contact_id IN (
    SELECT e.contact_id
    FROM "event_opened" AS e
    WHERE e.occurred_at <= $now
      AND e.occurred_at >= $p3
      AND (e."machine") IS NOT TRUE
    UNION ALL
    SELECT e.contact_id
    FROM "event_clicked" AS e
    WHERE e.occurred_at <= $now
      AND e.occurred_at >= $p3
      AND lower(trim(e."email")) = lower(trim($p4))
      AND (e."machine") IS NOT TRUE
  ))

-- $p1: text "influencer"
-- $p2: number 200
-- $now: instant {"kind":"now"}
-- $p3: instant {"kind":"shift","by":{"amount":-30,"unit":"d"}}
-- $p4: text "welcome"
