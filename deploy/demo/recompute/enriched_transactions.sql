SELECT t.transaction_id, t.account_id, t.amount, t.status, t.merchant, upper(c.name), c.city, c.tier
FROM card_transactions AS t
LEFT JOIN customers AS c ON t.customer_id = c.customer_id
