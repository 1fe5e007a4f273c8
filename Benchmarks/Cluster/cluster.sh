# What the benchmarks of a cluster share; to be sourced.
#
# Wanted of the caller: title. Knobs of all of them, as environment variables:
#   APUS_BIN               the folder of the programs; .build/release by default
#   CLUSTER_MEMORY=1g      memory of each task manager
#   KEEP=1                 leave the folder with logs and state behind
#   TMPDIR                 where that folder is made; state and checkpoints are in it
#
# A cluster is a job manager, 'leader', and task managers 'one', 'two', …

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$root/deploy/cluster/processes.sh"

# What a cluster has by default.
jobmanager_flags=(
    -D 'high-availability.lease-duration=15 s' -D 'high-availability.renew-deadline=10 s'
    -D 'high-availability.retry-period=2 s'
    -D 'heartbeat.interval=2 s' -D 'heartbeat.timeout=10 s'
)

bin=${APUS_BIN:-$root/.build/release}
jobctl=$bin/jobctl
export CLUSTER_MEMORY=${CLUSTER_MEMORY:-1g}
task_managers=()
pid_leader='' pid_watcher='' job=''

for program in jobmanager taskmanager jobctl; do
    [ -x "$bin/$program" ] && continue
    echo "There is no $bin/$program: run 'make build' first." >&2
    exit 1
done

base=$(mktemp -d "${TMPDIR:-/tmp}/apus-bench.XXXXXX")
folder=''

clean_up() {
    local status=$?
    trap - EXIT INT TERM
    stop_cluster
    if [ -n "${KEEP:-}" ]; then echo "Logs and state are in $base."; else rm -rf "$base"; fi
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

give_up() {
    printf '\n%s: %s\n' "$title" "$*" >&2
    [ -z "$folder" ] || grep -hEv '^([0-9]+> )?[+-][IUD]\[|REST request' "$folder"/*.log 2>/dev/null \
        | tail -n 30 >&2 || true
    exit 1
}

# Lines that say on what a table was measured.
print_machine() {
    printf '%s\n%s CPUs (%s), %s, load %s at the start\n\n' "$title" "$(nproc)" \
        "$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)" \
        "$(awk '/MemTotal/ { printf "%.0f GB", $2 / 1048576 }' /proc/meminfo)" \
        "$(load)"
}

load() { cut -d' ' -f1 /proc/loadavg; }

now_ms() { echo $(($(date +%s%N) / 1000000)); }

# with_stores SCRIPT: starts it again under a store of S3, if STORES names 's3' and none is there.
with_stores() {
    if [[ $stores == *s3* && -z ${APUS_S3_ENDPOINT:-} ]]; then
        trap - EXIT
        rm -rf "$base"
        export APUS_CEPH_BYTES=${APUS_CEPH_BYTES:-17179869184}
        exec "$root/deploy/s3-strict/radosgw.sh" "$1"
    fi
}

# use_store folder|s3: where the checkpoints of the next cluster go.
use_store() {
    store_prefix='' s3_flags=()
    [ "$1" = s3 ] || return 0
    export AWS_ACCESS_KEY_ID=$APUS_S3_ACCESS_KEY AWS_SECRET_ACCESS_KEY=$APUS_S3_SECRET_KEY
    export AWS_REGION=us-east-1
    store_prefix=s3://$APUS_S3_BUCKET
    s3_flags=(-D "s3.endpoint=$APUS_S3_ENDPOINT" -D s3.path.style.access=true)
}

# start_cluster NAME MANAGERS SLOTS: with its own folder; checkpoints there, or in $store_prefix.
start_cluster() {
    local index names=(one two three four)
    folder=$base/$1
    mkdir -p "$folder"
    checkpoints=${store_prefix:+$store_prefix/$1}
    checkpoints=${checkpoints:-file://$folder/checkpoints}
    slots=$3
    read -r control_port rest_port <<< "$(free_ports 2)"
    export APUS_JOBMANAGER=http://127.0.0.1:$rest_port
    task_managers=("${names[@]:0:$2}")
    start_jobmanager leader
    for index in "${task_managers[@]}"; do start_taskmanager "$index" "$slots"; done
    wait_for_slots $(($2 * slots)) 30 || give_up 'the cluster did not come up within 30 s.'
}

# stop_cluster: kills everything and removes state and checkpoints.
stop_cluster() {
    local name
    kill_process watcher
    for name in "${task_managers[@]}" leader; do kill_process "$name"; done
    task_managers=() job=''
    [ -n "${KEEP:-}" ] || [ -z "$folder" ] || rm -rf "$folder"
}

# submit FILE PARALLELISM: sets job.
submit() {
    job=$("$jobctl" submit "$1" --parallelism "$2" --output json 2> "$folder/submit.log" \
        | sed -n 's/.*"jobid":"\([^"]*\)".*/\1/p') || true
    [ -n "$job" ] || { cat "$folder/submit.log" >&2; give_up 'the job was not taken.'; }
}

# cpu_ms: CPU time of all task managers so far, user and system.
cpu_ms() {
    local name pid files=()
    for name in "${task_managers[@]}"; do
        pid=pid_$name
        files+=("/proc/${!pid}/stat")
    done
    # The program's name, in parentheses, has no spaces.
    awk -v hertz="$(getconf CLK_TCK)" '{ ticks += $14 + $15 } END { print ticks * 1000 / hertz }' \
        "${files[@]}"
}

# resident_mb: the most memory that a task manager has had.
resident_mb() {
    local name pid
    for name in "${task_managers[@]}"; do
        pid=pid_$name
        awk '/^VmHWM/ { printf "%d\n", $2 / 1024 }' "/proc/${!pid}/status"
    done | sort -n | tail -n 1
}

# start_watcher: notes rows and states of the job from now on, in $folder/events.
start_watcher() {
    python3 "$root/Benchmarks/Cluster/watch.py" record "$folder" "$APUS_JOBMANAGER" "$job" \
        2> "$folder/watcher.err" &
    pid_watcher=$!
}

# watched COMMAND...: a question to what was noted; see watch.py.
watched() { python3 "$root/Benchmarks/Cluster/watch.py" "$1" "$folder" "${@:2}"; }

# write_state_job FILE MEGABYTES INTERVAL RATE: a job that keeps a row of about 1 KB for each of
# as many keys as that makes, fills them all at once, and then changes RATE of them a second. What
# it prints for each change is the time when the row that caused it was made.
write_state_job() {
    local file=$1 keys=$(($2 * 1000)) interval=$3 rate=$4
    cat > "$file" <<SQL
SET 'execution.checkpointing.interval' = '$interval';
CREATE TABLE fill (k BIGINT, v STRING) WITH (
    'connector' = 'datagen', 'rows-per-second' = '1000000000', 'fields.k.kind' = 'sequence',
    'fields.k.start' = '0', 'fields.k.end' = '$((keys - 1))', 'fields.v.length' = '988');
CREATE TABLE changes (n BIGINT, k BIGINT, v STRING, made TIMESTAMP_LTZ(3)) WITH (
    'connector' = 'datagen', 'rows-per-second' = '$rate', 'fields.n.kind' = 'sequence',
    'fields.n.start' = '1000000000000', 'fields.n.end' = '2000000000000',
    'fields.k.min' = '0', 'fields.k.max' = '$((keys - 1))', 'fields.v.length' = '975');
CREATE TABLE seen (k BIGINT, length INT, made TIMESTAMP_LTZ(3)) WITH ('connector' = 'print');
INSERT INTO seen
SELECT k, CHAR_LENGTH(v), made
FROM (
    SELECT k, MAX(v) AS v, MAX(made) AS made
    FROM (
        SELECT k, '0' || v AS v, CAST(NULL AS TIMESTAMP_LTZ(3)) AS made FROM fill
        UNION ALL
        SELECT k, CAST(n AS STRING) || v, made FROM changes
    )
    GROUP BY k
)
WHERE made IS NOT NULL;
SQL
}

# wait_until_filled MEGABYTES SECONDS: until the state has a row for each key.
wait_until_filled() {
    local keys=$(($1 * 1000)) begin=$SECONDS
    until curl -sf -m 5 "$APUS_JOBMANAGER/jobs/$job" | python3 -c '
import json, sys
keys = int(sys.argv[1])
for vertex in json.load(sys.stdin)["vertices"]:
    counts = vertex["metrics"]
    if vertex["name"].startswith("fill") and counts["write-records"] < keys: sys.exit(1)
    if vertex["name"].startswith("Global") and counts["read-records"] < keys: sys.exit(1)
' "$keys" 2>/dev/null; do
        [ $((SECONDS - begin)) -lt "$2" ] || give_up "the state is not filled within $2 s."
        sleep 0.1
    done
}

# fill_and_checkpoint MEGABYTES: submits $folder/job.sql in 2 slots, and returns when a checkpoint
# of the whole state is complete.
fill_and_checkpoint() {
    local end filled
    submit "$folder/job.sql" 2
    start_watcher
    wait_until_filled "$1" $(($1 / 10 + 30))
    filled=$(now_ms)
    end=$((SECONDS + 120))
    until awk -v filled="$filled" '$1 == "C" && $4 >= filled { found = 1 } END { exit !found }' \
        "$folder/events"; do
        [ $SECONDS -lt $end ] || give_up 'no checkpoint of the whole state within 120 s.'
        sleep 0.1
    done
}

# start_filled STORE MEGABYTES SLOTS: a cluster of two task managers with so many slots each, whose
# job has filled its state and completed a checkpoint of it.
start_filled() {
    use_store "$1"
    start_cluster "$1-$2" 2 "$3"
    write_state_job "$folder/job.sql" "$2" "$interval s" "${RATE:-1000}"
    fill_and_checkpoint "$2"
}

# wait_until_over BEGIN SECONDS: until all that follows a blow has come; sets outage to the figures
# of 'watch.py outage'.
wait_until_over() {
    local end=$((SECONDS + $2))
    until outage=$(watched outage "$1" "$(now_ms)"); [[ " $outage " != *' - '* ]]; do
        [ $SECONDS -lt $end ] || give_up "not over within $2 s: $outage"
        sleep 0.3
    done
}

# seconds_of MILLISECONDS...: each with two digits.
seconds_of() { printf '%s\n' "$@" | awk '{ printf "%10.2f", $1 / 1000 }'; }
