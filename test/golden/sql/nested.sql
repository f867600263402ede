-- segment Customers where purchased
-- segment Active where opened in 30d and received in 30d
-- segment S where in Active and not in Customers and company.employees >= 200

SELECT c.contact_id
FROM "contact" AS c
SEMI JOIN (
  SELECT c.contact_id
  FROM (
    SELECT e.contact_id
    FROM "event_opened" AS e
    WHERE e.occurred_at <= $now
      AND e.occurred_at >= $p2
      AND (e."machine") IS NOT TRUE
  ) AS c
  SEMI JOIN (
    SELECT e.contact_id
    FROM "event_received" AS e
    WHERE e.occurred_at <= $now
      AND e.occurred_at >= $p2
  ) AS x1 ON x1.contact_id = c.contact_id
) AS x1 ON x1.contact_id = c.contact_id
ANTI JOIN (
  SELECT e.contact_id
  FROM "event_purchased" AS e
  WHERE e.occurred_at <= $now
) AS x2 ON x2.contact_id = c.contact_id
LEFT JOIN "company" AS f ON f.company_id = c."company"
WHERE f."employees" >= $p1

-- $p1: number 200
-- $now: instant {"kind":"now"}
-- $p2: instant {"kind":"shift","by":{"amount":-30,"unit":"d"}}
