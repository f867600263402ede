-- segment S where role != user and seats between 10 and 200 and renewal in next month and not in vips

SELECT c.contact_id
FROM "contact" AS c
LEFT JOIN (
  SELECT l.contact_id
  FROM "list_member" AS l
  WHERE l.list = $p6
    AND l.added_at <= $now
  GROUP BY l.contact_id
) AS m1 ON m1.contact_id = c.contact_id
WHERE (c."role" = $p1) IS NOT TRUE
  AND c."seats" >= $p2
  AND c."seats" <= $p3
  AND c."renewal" >= $p4
  AND c."renewal" < $p5
  AND NOT m1.contact_id IS NOT NULL

-- $p1: text "user"
-- $p2: number 10
-- $p3: number 200
-- $p4: day {"kind":"period","calendar":{"kind":"next","unit":"month"},"edge":"start"}
-- $p5: day {"kind":"period","calendar":{"kind":"next","unit":"month"},"edge":"end"}
-- $now: instant {"kind":"now"}
-- $p6: text "vips"
