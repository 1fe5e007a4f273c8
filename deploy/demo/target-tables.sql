-- The tables that the job fills.

CREATE TABLE completed_transactions (
    transaction_id bigint PRIMARY KEY,
    account_id     bigint,
    amount         numeric(18, 2),
    currency       text,
    completed_at   timestamp(3)
);

CREATE TABLE pending_transactions (
    transaction_id bigint PRIMARY KEY,
    account_id     bigint,
    amount         numeric(18, 2),
    created_at     timestamp(3)
);

CREATE TABLE enriched_transactions (
    transaction_id bigint PRIMARY KEY,
    account_id     bigint,
    amount         numeric(18, 2),
    status         text,
    merchant       text,
    customer_name  text,
    city           text,
    tier           text
);

CREATE TABLE spending_by_city (
    city         text,
    tier         text,
    customers    bigint,
    transactions bigint,
    total        numeric(38, 2),
    PRIMARY KEY (city, tier)
);

CREATE TABLE hourly_account_metrics (
    account_id   bigint,
    hour_start   timestamp(3),
    transactions bigint,
    completed    bigint,
    total        numeric(38, 2),
    average      numeric(38, 6),
    largest      numeric(18, 2),
    PRIMARY KEY (account_id, hour_start)
);

CREATE TABLE category_last_minute (
    category     text,
    window_start timestamp(3),
    window_end   timestamp(3),
    transactions bigint,
    total        numeric(38, 2),
    PRIMARY KEY (category, window_start, window_end)
);

CREATE TABLE merchant_last_quarter (
    merchant     text,
    window_start timestamp(3),
    window_end   timestamp(3),
    transactions bigint,
    accounts     bigint,
    total        numeric(38, 2),
    PRIMARY KEY (merchant, window_start, window_end)
);

CREATE TABLE account_last_hour (
    account_id   bigint,
    window_start timestamp(3),
    window_end   timestamp(3),
    transactions bigint,
    reversed     bigint,
    total        numeric(38, 2),
    PRIMARY KEY (account_id, window_start, window_end)
);
