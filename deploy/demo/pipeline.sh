# The card-transactions job between two PostgreSQL servers, on a cluster of a job manager and two
# task managers; to be sourced by scripts that disturb it.
#
# Wanted of the caller: title ("The demo"), bin (the folder of the programs), seed, factor (seconds
# of event time for each second) and keep (not empty: the folder stays). After sourcing this it may
# set checkpoints, control_port with rest_port, patience (how many seconds the last rows may take),
# and helpers, the names of processes of its own, which end with the rest.

demo_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$demo_folder/servers.sh"
. "$demo_folder/../cluster/processes.sh"

jobctl=$bin/jobctl
slots=2
preloaded=5000
patience=120
# A later run of the generator goes on where the tables end.
first_time='2026-01-01 08:00:00'
tables=(
    completed_transactions pending_transactions enriched_transactions spending_by_city
    hourly_account_metrics category_last_minute merchant_last_quarter account_last_hour
)

if [ -t 1 ]; then bold=$'\e[1m' plain=$'\e[0m'; else bold='' plain=''; fi
started=$SECONDS

# say TEXT: what happens now.
say() { printf '%3d s  %s\n' $((SECONDS - started)) "$*"; }

# give_up TEXT: why it cannot go on, with what the programs said last.
give_up() {
    printf '\n%s%s failed:%s %s\n' "$bold" "$title" "$plain" "$*" >&2
    echo "The seed was $seed." >&2
    if [ -n "$job" ]; then "$jobctl" status "$job" >&2 || true; fi
    show_logs 20 >&2
    exit 1
}

for program in jobmanager taskmanager jobctl; do
    [ -x "$bin/$program" ] && continue
    echo "There is no $bin/$program: run 'make build' first." >&2
    exit 1
done
[ -n "$POSTGRES_BIN" ] || { echo "PostgreSQL is not installed: run 'make install'." >&2; exit 1; }

folder=$(mktemp -d "${TMPDIR:-/tmp}/apus-demo.XXXXXX")
chmod 711 "$folder"
checkpoints=file://$folder/checkpoints
script=$folder/card-transactions.sql
job='' generator='' problem='' helpers=()

clean_up() {
    local status=$?
    trap - EXIT INT TERM
    trap '' HUP PIPE
    for process in leader one two "${helpers[@]}"; do kill_process "$process"; done
    [ -z "$generator" ] || kill -9 "$generator" 2>/dev/null || true
    wait 2>/dev/null || true
    stop_server "$folder/source"
    stop_server "$folder/target"
    if [ -n "$keep" ]; then
        echo "Logs and state are in $folder."
    else
        rm -rf "$folder"
    fi
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP PIPE

source_sql() { run_sql "$source_port" bank apus "$@"; }
target_sql() { run_sql "$target_port" reports apus "$@"; }

start_servers() {
    source_port=$(free_port)
    target_port=$(free_port)
    start_server "$folder/source" "$source_port" 'wal_level = logical'
    start_server "$folder/target" "$target_port"
    run_sql "$source_port" postgres postgres \
        -c "CREATE ROLE apus LOGIN REPLICATION PASSWORD 'apus-demo'" \
        -c 'CREATE DATABASE bank OWNER apus'
    run_sql "$target_port" postgres postgres \
        -c "CREATE ROLE apus LOGIN PASSWORD 'apus-demo'" \
        -c 'CREATE DATABASE reports OWNER apus'
    target_sql -f "$demo_folder/target-tables.sql"
    source_url="postgres://apus:apus-demo@127.0.0.1:$source_port/bank"
    sed -e "s|\${SOURCE_PORT}|$source_port|" \
        -e "s|\${TARGET_URL}|jdbc:postgresql://127.0.0.1:$target_port/reports|" \
        "$demo_folder/card-transactions.sql" > "$script"
}

# start_process NAME: the job manager 'leader', or one of the task managers 'one' and 'two'.
start_process() {
    case $1 in
        leader) start_jobmanager leader ;;
        *) start_taskmanager "$1" "$slots" ;;
    esac
}

start_cluster() {
    local process
    [ -n "${control_port:-}" ] || read -r control_port rest_port <<< "$(free_ports 2)"
    export APUS_JOBMANAGER=http://127.0.0.1:$rest_port
    for process in leader one two; do start_process "$process"; done
    wait_for_slots $((2 * slots)) 30 || give_up 'the cluster did not come up within 30 s.'
}

submit_job() {
    job=$("$jobctl" submit "$script" --parallelism $((2 * slots)) --output json \
        2> "$folder/submit.log" | sed -n 's/.*"jobid":"\([^"]*\)".*/\1/p') || true
    [ -n "$job" ] || give_up 'the job was not taken.'
}

# The cluster has to be alive, and the job must not end, while something is waited for.
check_job() {
    local process state
    for process in leader one two; do
        is_alive "$process" || give_up "the process '$process' ended by itself."
    done
    state=$(job_state "$job")
    case $state in
        FAILED | FINISHED | CANCELED) give_up "the job ended by itself: $state." ;;
    esac
}

# wait_for WHAT SECONDS QUERY VALUE: until a query on the target gives the value.
wait_for() {
    local what=$1 end=$((SECONDS + $2)) query=$3 value=$4
    until [ "$(target_sql -c "$query")" = "$value" ]; do
        [ $SECONDS -lt $end ] || give_up "$what did not happen within $2 s."
        check_job
        sleep 0.2
    done
}

show_progress() {
    local rows
    rows=$(target_sql -c 'SELECT count(*) FROM enriched_transactions')
    say "source: $(source_sql -c 'SELECT count(*) FROM card_transactions') transactions;" \
        "target: $rows of them joined with their customers"
}

# A row a day ahead closes all windows before it; another one after it says that this is delivered.
close_windows() {
    local id last
    last=$(source_sql -c "SELECT max(created_at) + interval '1 day' FROM card_transactions")
    for id in 9000000001 9000000002; do
        source_sql -c "
            INSERT INTO card_transactions
            VALUES ($id, 0, 0, 1.00, 'EUR', 'The end', 'none', 'PENDING', '$last', '$last')"
        wait_for 'the delivery of the last rows' "$patience" \
            "SELECT count(*) FROM pending_transactions WHERE transaction_id = $id" 1
    done
}

# Sets the variable problem if that does not work; what was delivered is compared all the same.
stop_job() {
    local savepoint
    if "$jobctl" stop "$job" --savepoint-path "file://$folder/savepoints" \
        > "$folder/stop.log" 2>&1; then
        savepoint=$(find "$folder/savepoints" -name _metadata -size +0)
        [ -n "$savepoint" ] || { problem="there is no savepoint in $folder/savepoints."; return; }
        job=''
    else
        problem='the job could not be stopped with a savepoint.'
    fi
}

# compare TABLE: prints a line; fails if a row differs.
compare() {
    local table=$1 rows differences
    source_sql -c "COPY ($(cat "$demo_folder/recompute/$table.sql")) TO STDOUT" \
        | LC_ALL=C sort > "$folder/expected"
    target_sql -c "COPY $table TO STDOUT" | LC_ALL=C sort > "$folder/found"
    rows=$(wc -l < "$folder/expected")
    diff "$folder/expected" "$folder/found" > "$folder/$table.diff" || true
    differences=$(grep -c '^[<>]' "$folder/$table.diff" || true)
    printf '  %-26s %9d  %11d\n' "$table" "$rows" "$differences"
    if [ "$differences" -ne 0 ]; then
        echo '      < recomputed, > delivered:'
        grep '^[<>]' "$folder/$table.diff" | head -n 6 | sed 's/^/      /'
        return 1
    fi
    [ "$rows" -gt 0 ] || { echo '      There is nothing to compare.'; return 1; }
}


# Starts everything, and returns when the rows that were there are delivered.
start_pipeline() {
    say "starting two PostgreSQL servers in $folder"
    start_servers
    say "writing $preloaded changes, for the job to find rows when it starts (seed $seed)"
    "$jobctl" generate cards --url "$source_url" --create --rate 0 --count $preloaded \
        --seed "$seed" --time-factor "$factor" --start-time "$first_time" \
        2> "$folder/generator.log" || give_up 'the generator failed.'
    source_sql -c 'ALTER TABLE card_transactions REPLICA IDENTITY FULL'
    say "starting a job manager and two task managers with $slots slots each"
    start_cluster
    say "starting the job: jobctl submit card-transactions.sql --parallelism $((2 * slots))"
    submit_job
    wait_for 'the delivery of the rows that were there' "$patience" \
        'SELECT count(*) FROM enriched_transactions' \
        "$(source_sql -c 'SELECT count(*) FROM card_transactions')"
}

# Waits for the last row, stops the job and compares every row; ends the script if one differs.
check_pipeline() {
    local table failed=0
    say 'closing the windows and waiting for the last row'
    close_windows
    show_progress
    say 'stopping the job with a savepoint'
    stop_job
    say 'recomputing every result with SQL on the source'
    printf '\n  %s%-26s %9s  %11s%s\n' "$bold" table rows differences "$plain"
    for table in "${tables[@]}"; do compare "$table" || failed=1; done
    echo
    [ $failed -eq 0 ] || give_up 'there are differences.'
    [ -z "$problem" ] || give_up "every row is right, but $problem"
}
