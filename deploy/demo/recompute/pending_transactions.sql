SELECT transaction_id, account_id, amount, created_at
FROM card_transactions
WHERE status = 'PENDING'
