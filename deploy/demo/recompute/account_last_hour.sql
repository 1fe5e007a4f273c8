-- The rows with which run.sh closes the windows are in none that is closed.
WITH hops AS (
    SELECT t.*, window_start
    FROM card_transactions AS t,
        generate_series(
            date_bin('15 minutes', created_at, '1970-01-01') - interval '1 hour' + interval '15 minutes',
            date_bin('15 minutes', created_at, '1970-01-01'),
            '15 minutes'
        ) AS window_start
    WHERE NOT merchant = 'The end'
)
SELECT
    account_id, window_start::timestamp(3), (window_start + interval '1 hour')::timestamp(3),
    count(*), count(*) FILTER (WHERE status = 'REVERSED'), sum(amount)
FROM hops
GROUP BY account_id, window_start
