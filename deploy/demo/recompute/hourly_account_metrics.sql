SELECT
    account_id, date_trunc('hour', created_at)::timestamp(3), count(*),
    count(*) FILTER (WHERE status = 'COMPLETED'), sum(amount), avg(amount)::numeric(38, 6),
    max(amount)
FROM card_transactions
GROUP BY account_id, date_trunc('hour', created_at)
