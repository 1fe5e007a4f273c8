#!/usr/bin/env bash
# Rows a second and CPU time with twice the slots, in one task manager and in two.
#
#   Benchmarks/Cluster/scaling.sh
#
# Two jobs over made-up rows, into 'blackhole':
#   hourly   COUNT, SUM and MAX by key and hour of event time, 100,000 keys, 24 hours
#   join     rows of one table joined with the one row of another that has their key, 1,000,000
#            keys; all rows of both sides are kept
# Each runs in 1 slot, in 2 slots of a task manager, and in 1 slot of two task managers each. With
# PIN=1 a task manager is bound to as many CPUs as it has slots: one slot alone would spread
# its threads (source, operators, network, persister) over both CPUs otherwise, and there would be
# nothing left for the second. 'efficiency' is rows/s over twice the rows/s of one slot, 'CPU ratio'
# the CPU time of a row beside that with one slot.
#
# Knobs, as environment variables, besides those of cluster.sh:
#   ROWS=100000000      of 'hourly'
#   JOIN_ROWS=10000000  of 'join', the larger side
#   PIN=1               0 leaves the CPUs to the system
#   JOBS='hourly join'  which of them
#   RUNS=1              runs of each; the median counts
set -euo pipefail

rows=${ROWS:-100000000}
join_rows=${JOIN_ROWS:-10000000}
pin=${PIN:-1}
runs=${RUNS:-1}
jobs=${JOBS:-hourly join}
title="Scaling, $([ "$pin" = 1 ] && echo 'a CPU for each slot' || echo 'no CPUs reserved')"
. "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"

write_hourly() {
    cat > "$1" <<SQL
CREATE TABLE events (
    n BIGINT, k BIGINT, amount BIGINT,
    ts AS TO_TIMESTAMP_LTZ(n * $((86400000 / rows + 1)), 3),
    WATERMARK FOR ts AS ts - INTERVAL '10' SECOND
) WITH (
    'connector' = 'datagen', 'rows-per-second' = '1000000000', 'seed' = '1',
    'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '$rows',
    'fields.k.min' = '1', 'fields.k.max' = '100000',
    'fields.amount.min' = '1', 'fields.amount.max' = '1000');
CREATE TABLE hours (k BIGINT, hour_begin TIMESTAMP(3), c BIGINT, total BIGINT, most BIGINT)
    WITH ('connector' = 'blackhole');
INSERT INTO hours
SELECT k, window_start, COUNT(*), SUM(amount), MAX(amount)
FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' HOUR))
GROUP BY k, window_start, window_end;
SQL
}

write_join() {
    cat > "$1" <<SQL
CREATE TABLE orders (id BIGINT, customer BIGINT, amount BIGINT) WITH (
    'connector' = 'datagen', 'rows-per-second' = '1000000000', 'seed' = '1',
    'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '$join_rows',
    'fields.customer.min' = '1', 'fields.customer.max' = '1000000');
CREATE TABLE customers (id BIGINT, name STRING) WITH (
    'connector' = 'datagen', 'rows-per-second' = '1000000000', 'seed' = '2',
    'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '1000000',
    'fields.name.length' = '20');
CREATE TABLE enriched (id BIGINT, name STRING, amount BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO enriched
SELECT orders.id, customers.name, orders.amount
FROM orders JOIN customers ON orders.customer = customers.id;
SQL
}

# bind_cpus MANAGERS SLOTS: gives each task manager its own CPUs.
bind_cpus() {
    [ "$pin" = 1 ] || return 0
    local index name pid cpus
    cpus=$(nproc)
    for ((index = 0; index < $1; index++)); do
        name=${task_managers[index]}
        pid=pid_$name
        taskset -acp "$((index * $2 % cpus))-$(((index * $2 + $2 - 1) % cpus))" "${!pid}" > /dev/null
    done
}

# run_once JOB MANAGERS SLOTS: prints milliseconds from RUNNING to FINISHED, of CPU, megabytes.
run_once() {
    local before state
    start_cluster "$1-$2-$3" "$2" "$3"
    "write_$1" "$folder/job.sql"
    bind_cpus "$2" "$3"
    before=$(cpu_ms)
    submit "$folder/job.sql" $(($2 * $3))
    while true; do
        state=$(job_state "$job")
        case $state in
            FINISHED) break ;;
            FAILED | CANCELED | RESTARTING) give_up "the job '$1' is $state." ;;
        esac
        # Seldom: to ask takes a good part of a CPU for a moment, and the times are the job's own.
        sleep 2
    done
    curl -sf "$APUS_JOBMANAGER/jobs/$job" | python3 -c '
import json, sys
job = json.load(sys.stdin)
print(job["timestamps"]["FINISHED"] - job["timestamps"]["RUNNING"], *sys.argv[1:])
' "$(awk "BEGIN { print $(cpu_ms) - $before }")" "$(resident_mb)" > "$base/run"
    cat "$base/run" >> "$base/runs"
    stop_cluster
}

# median COLUMN of the runs.
median() { awk -v column="$1" '{ print $column }' "$base/runs" | sort -n | awk '
    { value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }

print_machine
printf '%-7s %-18s %11s %16s %11s %10s %8s\n' job slots 'rows/s' 'CPU s/M rows' efficiency \
    'CPU ratio' 'most MB'
for name in $jobs; do
    one=''
    for shape in '1 1' '1 2' '2 1'; do
        read -r managers slots <<< "$shape"
        : > "$base/runs"
        for ((run = 0; run < runs; run++)); do run_once "$name" "$managers" "$slots"; done
        count=$([ "$name" = hourly ] && echo "$rows" || echo $((join_rows + 1000000)))
        read -r wall cpu megabytes <<< "$(median 1) $(median 2) $(median 3)"
        [ -n "$one" ] || one="$wall $cpu"
        awk -v name="$name" -v managers="$managers" -v slots="$slots" -v count="$count" \
            -v wall="$wall" -v cpu="$cpu" -v megabytes="$megabytes" -v one="$one" -v load="$(load)" \
            'BEGIN {
                split(one, first, " ")
                two = managers * slots > 1
                printf "%-7s %-18s %11d %16.2f %11s %10s %8d   load %s\n", name,
                    managers " x " slots, count * 1000 / wall, cpu * 1000 / count,
                    two ? sprintf("%.0f %%", 50 * first[1] / wall) : "-",
                    two ? sprintf("%.2f", cpu / first[2]) : "-", megabytes, load
            }'
    done
done
