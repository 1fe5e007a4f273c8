-- The rows with which run.sh closes the windows are in none that is closed.
WITH hops AS (
    SELECT t.*, window_start
    FROM card_transactions AS t,
        generate_series(
            date_bin('30 seconds', created_at, '1970-01-01') - interval '1 minute' + interval '30 seconds',
            date_bin('30 seconds', created_at, '1970-01-01'),
            '30 seconds'
        ) AS window_start
    WHERE NOT merchant = 'The end'
)
SELECT
    category, window_start::timestamp(3), (window_start + interval '1 minute')::timestamp(3),
    count(*), sum(amount)
FROM hops
GROUP BY category, window_start
