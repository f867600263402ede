-- program onboarding <
--   start when signed_up
--   enter every time
--   exit when purchased or unsubscribed
--   send welcome
--   wait up to 5d until opened welcome or purchased where (product = "Pro") then <
--     if event.plan = team and opened at least 2 times then < stop >
--   >
-- >

WITH "judged" AS (
  SELECT *
  FROM (SELECT * FROM positions WHERE program = $program) AS given
),
"starts" AS (
  SELECT j.enrollment_id, coalesce(e1."plan") AS "plan 1"
  FROM "judged" AS j
  LEFT JOIN "event_signed_up" AS e1 ON e1.event_id = j.start_event_id AND e1.contact_id = j.contact_id AND j.start_event = $p7
)
SELECT s.*,
  ((a1.n1) IS TRUE OR s.enrollment_id IN (
    SELECT j.enrollment_id
    FROM "judged" AS j
    JOIN "event_unsubscribed" AS e ON e.contact_id = j.contact_id
    WHERE e.occurred_at <= $now
      AND e.occurred_at >= j.started_at
      AND (j.start_event = $p1 AND j.start_event_id = e.event_id) IS NOT TRUE
  )) AS "is_exit",
  ((a2.n1) IS TRUE OR (a1.n2) IS TRUE) AS "came",
  ((p."plan 1" = $p2) IS TRUE AND coalesce(a2.n2, 0) >= $p3) AS "chosen"
FROM "judged" AS s
LEFT JOIN "starts" AS p ON p.enrollment_id = s.enrollment_id
LEFT JOIN (
  SELECT j.enrollment_id,
    bool_or(e.occurred_at >= j.started_at) AS n1,
    bool_or(e.occurred_at >= j.wait_from AND (j.wait_until IS NULL OR e.occurred_at <= j.wait_until) AND lower(trim(e."product")) = lower(trim($p5))) AS n2
  FROM "judged" AS j
  JOIN "event_purchased" AS e ON e.contact_id = j.contact_id
  WHERE e.occurred_at <= $now
    AND (j.start_event = $p4 AND j.start_event_id = e.event_id) IS NOT TRUE
  GROUP BY j.enrollment_id
) AS a1 ON a1.enrollment_id = s.enrollment_id
LEFT JOIN (
  SELECT j.enrollment_id,
    bool_or(o.is_newest AND o.email = $p6 AND (j.wait_until IS NULL OR e.occurred_at <= j.wait_until) AND lower(trim(e."email")) = lower(trim($p6))) AS n1,
    count(DISTINCT e."message") + count(*) FILTER (WHERE e."message" IS NULL) AS n2
  FROM "event_opened" AS e
  JOIN (
    SELECT o.send_id, o.enrollment_id, o.email, row_number() OVER (PARTITION BY o.enrollment_id, o.email ORDER BY o.planned_at DESC, o.send_id DESC) = 1 AS is_newest
    FROM "outbox" AS o
    SEMI JOIN "judged" AS j ON j.enrollment_id = o.enrollment_id
  ) AS o ON o.send_id = e."message"
  JOIN "judged" AS j ON j.enrollment_id = o.enrollment_id
  WHERE e.occurred_at <= $now
    AND (e."machine") IS NOT TRUE
  GROUP BY j.enrollment_id
) AS a2 ON a2.enrollment_id = s.enrollment_id

-- $program: text "onboarding"
-- $now: instant {"kind":"now"}
-- $p1: text "unsubscribed"
-- $p2: text "team"
-- $p3: integer 2
-- $p4: text "purchased"
-- $p5: text "Pro"
-- $p6: text "welcome"
-- $p7: text "signed_up"
