#!/bin/sh
# Makes golden.txt anew: runs setup.sql and dml.sql in an empty PostgreSQL 15 and prints the tables
# after the snapshot, before the TRUNCATEs, and at the end.
#   usage: golden.sh CONNECTION   (needs max_prepared_transactions > 0, hstore, ltree and citext)
set -eu
cd "$(dirname "$0")"
database=$1
tables() { echo "# $1"; psql -X -At -v ON_ERROR_STOP=1 -v stage="$1" -f golden.sql "$database"; }
PGOPTIONS='-c client_min_messages=warning' psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -f setup.sql "$database"
{
    tables setup
    sed '/^truncate/,$d' dml.sql | psql -X -q -v ON_ERROR_STOP=1 -o /dev/null "$database"
    tables middle
    sed -n '/^truncate/,$p' dml.sql | psql -X -q -v ON_ERROR_STOP=1 -o /dev/null "$database"
    tables final
} > golden.txt
