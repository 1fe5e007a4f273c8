-- Query 11: user sessions; with a tumbling window in place of the suite's session window.

CREATE TABLE nexmark_q11 (
    bidder    BIGINT,
    bid_count BIGINT,
    starttime TIMESTAMP(3),
    endtime   TIMESTAMP(3)
) WITH ('connector' = 'blackhole');

INSERT INTO nexmark_q11
SELECT bidder, COUNT(*) AS bid_count, window_start AS starttime, window_end AS endtime
FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
GROUP BY bidder, window_start, window_end;
