# A job that writes each number of a sequence, and counts and sums by key, into files exactly once;
# to be sourced by scripts that disturb the cluster that runs it, after processes.sh.
#
# Wanted of the caller: started (of SECONDS), seed, bin and folder as for processes.sh, jobctl,
# slots (of each of two task managers), rate (rows per second), rows and keys.

job=''

# say TEXT: what happens now.
say() { printf '%4d s  %s\n' $((SECONDS - started)) "$*"; }

# pause TENTHS: sleeps so many tenths of a second.
pause() { sleep "$(($1 / 10)).$(($1 % 10))"; }

# give_up TEXT: why it cannot go on, with what the programs said last.
give_up() {
    printf '\nThe rounds failed (seed %s): %s\n' "$seed" "$*" >&2
    if [ -n "$job" ]; then timeout 20 "${at_leader[@]}" "$jobctl" status "$job" >&2 || true; fi
    show_logs 15 >&2
    exit 1
}

need_programs() {
    local program
    for program in jobmanager taskmanager jobctl; do
        [ -x "$bin/$program" ] && continue
        echo "There is no $bin/$program: run 'make build' first." >&2
        exit 1
    done
}

# Sets the variable job.
submit_numbers() {
    cat > "$folder/numbers.sql" <<SQL
SET 'execution.checkpointing.interval' = '500 ms';
SET 'restart-strategy.type' = 'fixed-delay';
SET 'restart-strategy.fixed-delay.attempts' = '1000000';
SET 'restart-strategy.fixed-delay.delay' = '200 ms';
CREATE TABLE numbers (n BIGINT) WITH (
    'connector' = 'datagen', 'rows-per-second' = '$rate',
    'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '$rows');
CREATE TABLE copies (n BIGINT) WITH (
    'connector' = 'filesystem', 'path' = 'file://$folder/copies', 'format' = 'csv');
CREATE TABLE totals (k BIGINT, rows_seen BIGINT, total BIGINT) WITH (
    'connector' = 'filesystem', 'path' = 'file://$folder/totals', 'format' = 'debezium-json');
EXECUTE STATEMENT SET BEGIN
INSERT INTO copies SELECT n FROM numbers;
INSERT INTO totals SELECT n % $keys, COUNT(*), SUM(n) FROM numbers GROUP BY n % $keys;
END;
SQL
    job=$("${at_leader[@]}" "$jobctl" submit "$folder/numbers.sql" --parallelism $((2 * slots)) --output json \
        2> "$folder/submit.log" | sed -n 's/.*"jobid":"\([^"]*\)".*/\1/p') || true
    [ -n "$job" ] || give_up 'the job was not taken.'
}

# wait_for_state STATE SECONDS: fails when that takes longer.
wait_for_state() {
    local end=$((SECONDS + $2)) state
    until state=$(job_state "$job"); [ "$state" = "$1" ]; do
        case $state in FAILED | CANCELED | FINISHED) give_up "the job ended as $state." ;; esac
        [ $SECONDS -lt $end ] || return 1
        sleep 0.2
    done
}

# The number of the newest checkpoint; nothing if there is none.
newest_checkpoint() {
    find "$folder/checkpoints/$job" -maxdepth 2 -path '*/chk-*/_metadata' 2>/dev/null \
        | sed 's|.*/chk-||; s|/.*||' | sort -n | tail -n 1
}

# Reads the files that are visible; prints rows, lost, doubled and wrong results.
count_rows() {
    python3 "$chaos_folder/count-rows.py" "$folder/copies" "$folder/totals" "$keys" "$rows"
}

chaos_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
