-- segment S where subscribed to newsletter and not unsubscribed from tips and not in Suppressed

SELECT c.contact_id
FROM "contact" AS c
LEFT JOIN (
  SELECT q.address, max(q."at") FILTER (WHERE q.state) AS yes_at, max(q."at") FILTER (WHERE NOT q.state) AS no_at
  FROM "consent" AS q
  WHERE q.topic IN ($p1, '*')
    AND q."at" <= $now
  GROUP BY q.address
) AS k1 ON k1.address = lower(trim(c."email"))
LEFT JOIN (
  SELECT q.address, max(q."at") FILTER (WHERE q.state) AS yes_at, max(q."at") FILTER (WHERE NOT q.state) AS no_at
  FROM "consent" AS q
  WHERE q.topic IN ($p2, '*')
    AND q."at" <= $now
  GROUP BY q.address
) AS k2 ON k2.address = lower(trim(c."email"))
LEFT JOIN (
  SELECT u.address
  FROM "suppression" AS u
  WHERE u."at" <= $now
  GROUP BY u.address
) AS m3 ON m3.address = lower(trim(c."email"))
WHERE coalesce(k1.yes_at > k1.no_at, k1.yes_at IS NOT NULL)
  AND NOT coalesce(k2.no_at >= k2.yes_at, k2.no_at IS NOT NULL)
  AND NOT m3.address IS NOT NULL

-- $p1: text "newsletter"
-- $now: instant {"kind":"now"}
-- $p2: text "tips"
