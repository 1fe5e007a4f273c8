-- The rows with which run.sh closes the windows are in none that is closed.
WITH hops AS (
    SELECT t.*, window_start
    FROM card_transactions AS t,
        generate_series(
            date_bin('5 minutes', created_at, '1970-01-01') - interval '15 minutes' + interval '5 minutes',
            date_bin('5 minutes', created_at, '1970-01-01'),
            '5 minutes'
        ) AS window_start
    WHERE NOT merchant = 'The end'
)
SELECT
    merchant, window_start::timestamp(3), (window_start + interval '15 minutes')::timestamp(3),
    count(*), count(DISTINCT account_id), sum(amount)
FROM hops
GROUP BY merchant, window_start
