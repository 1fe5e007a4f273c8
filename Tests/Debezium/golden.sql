-- Prints the tables of setup.sql and dml.sql as the decoded change events must give them, one value
-- a field, as COPY writes it. Run with psql -At -v stage=setup|middle|final.
-- How the values are written: decimals with the digits of the declared type, NaN of a NUMERIC as NULL
-- (Debezium sends null for it), dates as days, times as milliseconds, timestamps as microseconds,
-- bytes in hexadecimal, arrays and rows as Flink's print connector shows them.
\set QUIET on
set timezone = 'UTC';
set bytea_output = 'hex';
set extra_float_digits = 1;

-- Before 1582 the connector counts days of the Julian calendar: two more in the year 1.
create function pg_temp.micros(t timestamp) returns text language sql as $$
  select case when t = '0001-01-01' then '-62135769600000000' when t = 'infinity' then '9223372036825200000' when t = '-infinity' then '-9223372036832400000'
    else (extract(epoch from t) * 1000000)::bigint::text end $$;
-- The milliseconds that time.precision.mode = connect keeps, as microseconds.
create function pg_temp.millis(t timestamp) returns text language sql as $$
  select case when t in ('infinity', '-infinity') then pg_temp.micros(t)
    when t < '1582-01-01' then pg_temp.micros(t)
    else (floor(extract(epoch from t) * 1000)::bigint * 1000)::text end $$;
create function pg_temp.ms_of_day(t time) returns text language sql as $$
  select floor(extract(epoch from t) * 1000)::bigint::text $$;
-- Debezium's approximation: a year has 365.25 days, a month a twelfth of that.
create function pg_temp.duration(i interval) returns text language sql as $$
  select ((extract(year from i) * 12 + extract(month from i)) * 30.4375 * 86400000000
    + extract(day from i) * 86400000000 + extract(hour from i) * 3600000000
    + extract(minute from i) * 60000000 + extract(second from i) * 1000000)::bigint::text $$;
create function pg_temp.list(a anyarray) returns text language sql as $$
  select case when a is not null then '[' || coalesce(array_to_string(a, ', ', 'null'), '') || ']' end $$;

select :'stage' = 'setup' as is_setup, :'stage' = 'middle' as is_middle, :'stage' = 'final' as is_final \gset

\qecho ## all_types
copy (
  select id::text, b::text, i2::text, i4::text, i8::text, r::text, d::text,
    case when n = 'NaN' then null else n::numeric(38, 9)::text end,
    n102::text, n20::text, n385::text, m::numeric(19, 2)::text,
    rpad(c::text, 5), vc, t, ci::text, encode(bin, 'hex'), u::text, j::text, jb::text, x::text,
    -- An infinite date comes as this number.
    case when dt = 'infinity' then '-622191234' else (dt - date '1970-01-01')::text end,
    pg_temp.ms_of_day(tm), pg_temp.ms_of_day(tm3),
    (tmtz at time zone 'UTC')::time::text || 'Z',
    pg_temp.micros(ts), pg_temp.micros(ts0), pg_temp.micros(ts3), pg_temp.micros(tstz at time zone 'UTC'),
    pg_temp.duration(iv),
    -- Debezium sends the rows of a two-dimensional array as nulls.
    case when array_ndims(ia) > 1 then '[null, null]' else pg_temp.list(ia) end,
    pg_temp.list(ta), pg_temp.list(na::numeric(38, 2)[]), pg_temp.list(ua),
    pg_temp.list(array(select to_char(v at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') from unnest(tsa) v))
      || case when tsa is null then null else '' end,
    e::text, abbrev(ip), cd::text, mac::text, b1::int::boolean::text,
    case when length(bv) = 0 then '' else lpad(to_hex(lpad(bv::text, 32, '0')::bit(32)::int), 2, '0') end,
    '+I[' || pt[0]::numeric(10, 1) || ', ' || pt[1]::numeric(10, 1) || ']',
    replace(replace(hstore_to_json(hs)::text, ': ', ':'), ', ', ','), lt::text, rg::text, tr::text,
    o::text, dm::text, dv
  from inv.all_types order by id
) to stdout;

\qecho ## all_types_double
copy (
  select id::text, n::float8::text, n102::float8::text, n20::float8::text, n385::float8::text,
    m::numeric::float8::text, pg_temp.ms_of_day(tm), pg_temp.ms_of_day(tm3),
    pg_temp.millis(ts), pg_temp.millis(ts0), pg_temp.millis(ts3), pg_temp.micros(tstz at time zone 'UTC'),
    pg_temp.list(na), encode(bin, 'hex'),
    case when hs is null then null else
      '{' || coalesce((select string_agg(key || '=' || coalesce(value, 'null'), ', ' order by key) from each(hs)), '') || '}' end
  from inv.all_types order by id
) to stdout;

\qecho ## comp
\if :is_setup
copy (select a, b, c::text from inv.comp order by a, b) to stdout;
\elif :is_middle
-- Columns that were added or dropped did not send the rows again: only the key is comparable.
copy (select a, b from inv.comp order by a, b) to stdout;
\else
copy (select a, b, extra from inv.comp order by a, b) to stdout;
\endif
\qecho ## full_ri
copy (select id, v, n::text from inv.full_ri order by id) to stdout;
\qecho ## toasty
copy (select id, small from inv.toasty order by id) to stdout;
\qecho ## toasty_full
copy (select id, big, small from inv.toasty_full order by id) to stdout;
\qecho ## nopk
copy (select a, b from inv.nopk order by a) to stdout;
\qecho ## ri_idx
copy (select id, code, v from inv.ri_idx order by id) to stdout;
\qecho ## Mixed_Case
copy (select "Id", "Val-1" from inv."Mixed Case" order by 1) to stdout;
\qecho ## part
copy (select id, region, v from inv.part order by id) to stdout;
\qecho ## endmarker
copy (select id from inv.endmarker order by id) to stdout;
