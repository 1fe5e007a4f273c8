SELECT transaction_id, account_id, amount, currency, updated_at
FROM card_transactions
WHERE status = 'COMPLETED'
