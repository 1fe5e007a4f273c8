-- Card transactions and customers, as they change in one PostgreSQL database, joined, aggregated
-- and delivered to another one.
--
-- run.sh replaces ${SOURCE_PORT} and ${TARGET_URL}; everything else is Flink SQL as it is.

SET 'pipeline.name' = 'card-transactions';
SET 'execution.checkpointing.interval' = '2 s';

-- The source: what logical replication says about two tables. They share one replication slot.

CREATE TABLE customers (
    customer_id  BIGINT,
    name         STRING,
    city         STRING,
    tier         STRING,
    credit_limit DECIMAL(18, 2),
    PRIMARY KEY (customer_id) NOT ENFORCED
) WITH (
    'connector' = 'postgres-cdc',
    'hostname' = '127.0.0.1',
    'port' = '${SOURCE_PORT}',
    'username' = 'apus',
    'password' = 'apus-demo',
    'database-name' = 'bank',
    'schema-name' = 'public',
    'table-name' = 'customers',
    'slot.name' = 'card_transactions',
    'decoding.plugin.name' = 'pgoutput',
    -- The table has REPLICA IDENTITY DEFAULT: the stream names a changed row by its key only.
    'changelog-mode' = 'upsert'
);

CREATE TABLE card_transactions (
    transaction_id BIGINT,
    account_id     BIGINT,
    customer_id    BIGINT,
    amount         DECIMAL(18, 2),
    currency       STRING,
    merchant       STRING,
    category       STRING,
    status         STRING,
    created_at     TIMESTAMP(3),
    updated_at     TIMESTAMP(3),
    PRIMARY KEY (transaction_id) NOT ENFORCED,
    -- A transaction changes no more ten minutes after it was made, so that no window that closes
    -- has a change still to come.
    WATERMARK FOR created_at AS created_at - INTERVAL '10' MINUTE
) WITH (
    'connector' = 'postgres-cdc',
    'hostname' = '127.0.0.1',
    'port' = '${SOURCE_PORT}',
    'username' = 'apus',
    'password' = 'apus-demo',
    'database-name' = 'bank',
    'schema-name' = 'public',
    'table-name' = 'card_transactions',
    'slot.name' = 'card_transactions',
    'decoding.plugin.name' = 'pgoutput',
    -- The table has REPLICA IDENTITY FULL: the stream carries the row before the change, too.
    'changelog-mode' = 'all'
);

-- The target. Rows of a checkpoint become visible together, exactly once.

CREATE TABLE completed_transactions (
    transaction_id BIGINT,
    account_id     BIGINT,
    amount         DECIMAL(18, 2),
    currency       STRING,
    completed_at   TIMESTAMP(3),
    PRIMARY KEY (transaction_id) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'url' = '${TARGET_URL}',
    'username' = 'apus',
    'password' = 'apus-demo',
    'table-name' = 'completed_transactions'
);

CREATE TABLE pending_transactions (
    transaction_id BIGINT,
    account_id     BIGINT,
    amount         DECIMAL(18, 2),
    created_at     TIMESTAMP(3),
    PRIMARY KEY (transaction_id) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'url' = '${TARGET_URL}',
    'username' = 'apus',
    'password' = 'apus-demo',
    'table-name' = 'pending_transactions'
);

CREATE TABLE enriched_transactions (
    transaction_id BIGINT,
    account_id     BIGINT,
    amount         DECIMAL(18, 2),
    status         STRING,
    merchant       STRING,
    customer_name  STRING,
    city           STRING,
    tier           STRING,
    PRIMARY KEY (transaction_id) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'url' = '${TARGET_URL}',
    'username' = 'apus',
    'password' = 'apus-demo',
    'table-name' = 'enriched_transactions'
);

CREATE TABLE spending_by_city (
    city         STRING,
    tier         STRING,
    customers    BIGINT,
    transactions BIGINT,
    total        DECIMAL(38, 2),
    PRIMARY KEY (city, tier) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'url' = '${TARGET_URL}',
    'username' = 'apus',
    'password' = 'apus-demo',
    'table-name' = 'spending_by_city'
);

CREATE TABLE hourly_account_metrics (
    account_id   BIGINT,
    hour_start   TIMESTAMP(3),
    transactions BIGINT,
    completed    BIGINT,
    total        DECIMAL(38, 2),
    average      DECIMAL(38, 6),
    largest      DECIMAL(18, 2),
    PRIMARY KEY (account_id, hour_start) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'url' = '${TARGET_URL}',
    'username' = 'apus',
    'password' = 'apus-demo',
    'table-name' = 'hourly_account_metrics'
);

CREATE TABLE category_last_minute (
    category     STRING,
    window_start TIMESTAMP(3),
    window_end   TIMESTAMP(3),
    transactions BIGINT,
    total        DECIMAL(38, 2),
    PRIMARY KEY (category, window_start, window_end) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'url' = '${TARGET_URL}',
    'username' = 'apus',
    'password' = 'apus-demo',
    'table-name' = 'category_last_minute'
);

CREATE TABLE merchant_last_quarter (
    merchant     STRING,
    window_start TIMESTAMP(3),
    window_end   TIMESTAMP(3),
    transactions BIGINT,
    accounts     BIGINT,
    total        DECIMAL(38, 2),
    PRIMARY KEY (merchant, window_start, window_end) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'url' = '${TARGET_URL}',
    'username' = 'apus',
    'password' = 'apus-demo',
    'table-name' = 'merchant_last_quarter'
);

CREATE TABLE account_last_hour (
    account_id   BIGINT,
    window_start TIMESTAMP(3),
    window_end   TIMESTAMP(3),
    transactions BIGINT,
    reversed     BIGINT,
    total        DECIMAL(38, 2),
    PRIMARY KEY (account_id, window_start, window_end) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'url' = '${TARGET_URL}',
    'username' = 'apus',
    'password' = 'apus-demo',
    'table-name' = 'account_last_hour'
);

-- One dataflow: the two tables are read once for all of these.

EXECUTE STATEMENT SET BEGIN

-- Fan-out: a transaction moves from one table to the other when its status changes.
INSERT INTO completed_transactions
SELECT transaction_id, account_id, amount, currency, updated_at
FROM card_transactions
WHERE status = 'COMPLETED';

INSERT INTO pending_transactions
SELECT transaction_id, account_id, amount, created_at
FROM card_transactions
WHERE status = 'PENDING';

-- Each transaction with its customer as he is now; a customer who is deleted leaves NULLs. The rows
-- arrive by customer, the table has them by transaction: Flink 2.3 wants to be told what then.
INSERT INTO enriched_transactions
SELECT
    t.transaction_id, t.account_id, t.amount, t.status, t.merchant,
    UPPER(c.name), c.city, c.tier
FROM card_transactions AS t
LEFT JOIN customers AS c ON t.customer_id = c.customer_id
ON CONFLICT DO DEDUPLICATE;

-- An aggregate of the join: when a customer moves, all his transactions move with him.
INSERT INTO spending_by_city
SELECT c.city, c.tier, COUNT(DISTINCT c.customer_id), COUNT(*), SUM(t.amount)
FROM card_transactions AS t
JOIN customers AS c ON t.customer_id = c.customer_id
WHERE t.status <> 'REVERSED'
GROUP BY c.city, c.tier;

-- By the hour, right from the first transaction on and corrected with each change.
INSERT INTO hourly_account_metrics
SELECT
    account_id, FLOOR(created_at TO HOUR), COUNT(*),
    COUNT(*) FILTER (WHERE status = 'COMPLETED'), SUM(amount), AVG(amount), MAX(amount)
FROM card_transactions
GROUP BY account_id, FLOOR(created_at TO HOUR);

-- Sliding windows: one result for each window, when event time has passed its end.
INSERT INTO category_last_minute
SELECT category, window_start, window_end, COUNT(*), SUM(amount)
FROM TABLE(
    HOP(TABLE card_transactions, DESCRIPTOR(created_at), INTERVAL '30' SECOND, INTERVAL '1' MINUTE))
GROUP BY category, window_start, window_end;

INSERT INTO merchant_last_quarter
SELECT
    merchant, window_start, window_end, COUNT(*), COUNT(DISTINCT account_id), SUM(amount)
FROM TABLE(
    HOP(TABLE card_transactions, DESCRIPTOR(created_at), INTERVAL '5' MINUTE, INTERVAL '15' MINUTE))
GROUP BY merchant, window_start, window_end;

INSERT INTO account_last_hour
SELECT
    account_id, window_start, window_end, COUNT(*),
    COUNT(*) FILTER (WHERE status = 'REVERSED'), SUM(amount)
FROM TABLE(
    HOP(TABLE card_transactions, DESCRIPTOR(created_at), INTERVAL '15' MINUTE, INTERVAL '1' HOUR))
GROUP BY account_id, window_start, window_end;

END;
