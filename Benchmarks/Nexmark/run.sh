#!/usr/bin/env bash
# Nexmark: runs each query over the same files and prints what it cost, beside what Flink needs.
#
#   Benchmarks/Nexmark/run.sh [QUERY...]      (or: make bench-nexmark, which builds first)
#
# Knobs, as environment variables:
#   NEXMARK_EVENTS=10000000   events; about 330 bytes each, made once and kept in .build/nexmark
#   NEXMARK_PARALLELISM=2     slots, and files
#   NEXMARK_MEMORY=32m       --memory of the job
#   JOBCTL                    the program; .build/release/jobctl by default
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
events=${NEXMARK_EVENTS:-10000000}
parallelism=${NEXMARK_PARALLELISM:-2}
memory=${NEXMARK_MEMORY:-32m}
jobctl=${JOBCTL:-$root/.build/release/jobctl}
cache=$root/.build/nexmark
data=$cache/$events-$parallelism
queries=("$@")
[ $# -gt 0 ] || queries=(q0 q1 q2 q3 q4 q5 q7 q8 q11)

# Flink 2.3.0 with RocksDB on a machine of this class: CPU seconds per million events.
declare -A flink=([q0]=5.5 [q1]=5.9 [q2]=5.9 [q3]=4.3 [q4]=25 [q5]=13 [q7]=40 [q8]=8.3)
# Its resident memory: 800 to 1,400 MB, by the query. The column is the ratio to the least.
flink_megabytes=800
flink_megabytes_most=1400

[ -x "$jobctl" ] || { echo "There is no $jobctl: run 'make build' first." >&2; exit 1; }
for query in "${queries[@]}"; do
    [ -f "$here/$query.sql" ] || { echo "There is no query $query." >&2; exit 2; }
done

folder=$(mktemp -d "${TMPDIR:-/tmp}/apus-nexmark.XXXXXX")
job=''
child=''
clean_up() {
    [ -z "$job" ] || kill -9 $child "$job" 2>/dev/null || true
    rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

if [ ! -d "$data" ]; then
    # Made under another name, so that an interrupted run leaves nothing that looks complete.
    rm -rf "$data.part"
    "$jobctl" generate nexmark --events "$events" --files "$parallelism" --output "$data.part"
    mv "$data.part" "$data"
fi
# The files have been read once, so that all queries find them in the same place.
cat "$data"/*.json > /dev/null

# measure QUERY: runs it; sets wall, cpu (seconds), peak (kB of resident memory).
measure() {
    sed "s|\${NEXMARK_DATA}|$data|" "$here/views.sql" "$here/$1.sql" > "$folder/job.sql"
    rm -rf "$folder/state"
    : > "$folder/times"
    (
        TIMEFORMAT='%R %U %S'
        { time "$jobctl" run "$folder/job.sql" --parallelism "$parallelism" \
            --memory "$memory" --state-dir "$folder/state" 2> "$folder/job.log"; } \
            2> "$folder/times"
    ) &
    job=$!
    peak=0
    child=''
    local now
    while kill -0 "$job" 2>/dev/null; do
        [ -n "$child" ] || child=$(pgrep -P "$job" || true)
        now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/${child:-none}/status" \
            2>/dev/null || true)
        [ "${now:-0}" -le "$peak" ] || peak=$now
        sleep 0.1
    done
    if ! wait "$job"; then
        job=''
        return 1
    fi
    job=''
    read -r wall user system < "$folder/times"
    cpu=$(awk "BEGIN { print $user + $system }")
}

printf '%s\n' "Nexmark, $events events in $parallelism files, parallelism $parallelism," \
    "--memory $memory, checkpoint every 10 s; $(nproc) CPUs,$(
        sed -n 's/^model name[^:]*:/ /p' /proc/cpuinfo | head -n 1 | tr -s ' ')." ''
printf '%-5s %12s %14s %10s %8s %10s %10s %8s\n' \
    query events/s 'CPU s/M events' 'Flink 2.3' ratio 'peak MB' 'Flink 2.3' ratio
failed=0
ratios=''
most=1
for query in "${queries[@]}"; do
    if ! measure "$query"; then
        printf '%-5s failed: %s\n' "$query" "$(tail -n 1 "$folder/job.log")"
        failed=1
        continue
    fi
    [ "$peak" -le "$most" ] || most=$peak
    awk -v query="$query" -v events="$events" -v wall="$wall" -v cpu="$cpu" -v peak="$peak" \
        -v flink="${flink[$query]:-}" -v flink_megabytes="$flink_megabytes" 'BEGIN {
            per = cpu * 1e6 / events
            printf "%-5s %12d %14.2f %10s %8s %10.0f %10s %8s\n", query, events / wall, per,
                flink == "" ? "-" : flink,
                flink == "" ? "-" : sprintf("1/%.1f", flink / per), peak / 1024,
                "800-1400", sprintf("1/%.1f", flink_megabytes * 1024 / peak)
        }'
    [ -z "${flink[$query]:-}" ] ||
        ratios="$ratios $(awk "BEGIN { print ${flink[$query]} / ($cpu * 1e6 / $events) }")"
    late=$(grep -o '[0-9,]* late rows dropped' "$folder/job.log" | tail -n 1 || true)
    [ -z "$late" ] || { echo "      $late: the result is not complete"; failed=1; }
done
[ -z "$ratios" ] || awk -v ratios="$ratios" -v peak="$most" -v flink="$flink_megabytes" \
    -v flink_most="$flink_megabytes_most" '
function verdict(ratio, wanted) {
    return sprintf("1/%.1f (1/%d: %s)", ratio, wanted, ratio >= wanted ? "met" : "MISSED")
}
BEGIN {
    count = split(ratios, ratio, " ")
    least = ratio[1]
    for (i = 1; i <= count; i++) {
        sum += log(ratio[i])
        if (ratio[i] < least) least = ratio[i]
    }
    mean = exp(sum / count)
    printf "\nCPU beside Flink, geometric mean: %s, %s\n", verdict(mean, 10), verdict(mean, 20)
    printf "CPU beside Flink, dearest query:  %s\n", verdict(least, 8)
    printf "memory beside Flink, most used:   %s of its most, 1/%.1f of its least\n",
        verdict(flink_most * 1024 / peak, 10), flink * 1024 / peak
}'
exit $failed
