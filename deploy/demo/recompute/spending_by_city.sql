SELECT c.city, c.tier, count(DISTINCT c.customer_id), count(*), sum(t.amount)
FROM card_transactions AS t
JOIN customers AS c ON t.customer_id = c.customer_id
WHERE t.status <> 'REVERSED'
GROUP BY c.city, c.tier
