#!/usr/bin/env bash
# How long checkpoints take and how long rows stand still, by the size of the state and the store.
#
#   Benchmarks/Cluster/checkpoints.sh
#
# One task manager of 2 slots keeps a row of 1 KB for each key of a GROUP BY. The state is filled,
# then CHANGES keys change between two checkpoints. The first checkpoint writes everything, later
# ones what has changed and what was merged meanwhile. Duration and size are those of
# GET /jobs/:id/checkpoints. 'gap' is the longest time in which a slot gave no row, from 0.2 s
# before the checkpoint to 0.5 s after it, 'age' how old a row was at most when it came out; beside
# each of them the same of 3 s without a checkpoint.
#
# Knobs, as environment variables, besides those of cluster.sh:
#   SIZES='100 1000 5000'   megabytes of state
#   STORES='folder s3'      'folder' is one beside the state, 's3' a Ceph RadosGW of one node in
#                           memory, started by deploy/s3-strict/radosgw.sh
#   LATER=2                 checkpoints after the first; 1 from 3000 MB on
#   CHANGES=20000           keys that change between two checkpoints
#   MB_PER_SECOND=60        how fast the state is filled at least: decides the interval
set -euo pipefail

sizes=${SIZES:-100 1000 5000}
stores=${STORES:-folder s3}
title='Checkpoints by size of state; 1 task manager of 2 slots'
. "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"
with_stores "${BASH_SOURCE[0]}"

# checkpoint_count: how many are complete.
checkpoint_count() { grep -c ^C "$folder/events" || true; }

# measure STORE MEGABYTES
measure() {
    local store=$1 size=$2 later=${LATER:-2} seconds number=0 begin filled end line note
    [ "$size" -lt 3000 ] || later=${LATER:-1}
    seconds=$((size / ${MB_PER_SECOND:-60} + 6))
    use_store "$store"
    start_cluster "$store-$size" 1 2
    write_state_job "$folder/job.sql" "$size" "$seconds s" $((${CHANGES:-20000} / seconds))
    begin=$(now_ms)
    submit "$folder/job.sql" 2
    start_watcher
    wait_until_filled "$size" $((seconds * 4))
    filled=$(now_ms)
    end=$((SECONDS + seconds * (later + 3) + 60))
    until [ "$(checkpoint_count)" -gt "$later" ]; do
        [ $SECONDS -lt $end ] || give_up 'too few checkpoints were completed.'
        sleep 0.2
    done
    sleep 1
    while read -r line; do
        read -r _ _ _ triggered completed bytes <<< "$line"
        number=$((number + 1))
        note=$([ $number -gt 1 ] && echo later || echo first)
        [ "$triggered" -ge "$filled" ] || note="$note, filling"
        awk -v store="$store" -v note="$note" -v took=$((completed - triggered)) -v bytes="$bytes" \
            -v during="$(watched pause $((triggered - 200)) $((completed + 500)))" \
            -v usual="$(watched pause $((triggered - 3200)) $((triggered - 200)))" 'BEGIN {
                split(during, d, " ")
                split(usual, u, " ")
                printf "%-7s %8.0f  %-15s %8.2f %9s %9s %9s %9s\n", store, bytes / 1e6, note,
                    took / 1000, d[1], u[1], d[2], u[2]
            }'
    done < <(grep ^C "$folder/events")
    printf '%-7s %8s  filled in %.1f s, CPU %.1f s, resident %d MB, load %s\n' "$store" '' \
        "$(awk "BEGIN { print ($filled - $begin) / 1000 }")" \
        "$(awk "BEGIN { print $(cpu_ms) / 1000 }")" "$(resident_mb)" "$(load)"
    stop_cluster
}

print_machine
printf '%-7s %8s  %-15s %8s %9s %9s %9s %9s\n' store 'state MB' checkpoint seconds \
    'gap ms' 'usual' 'age ms' 'usual'
for store in $stores; do
    for size in $sizes; do measure "$store" "$size"; done
done
