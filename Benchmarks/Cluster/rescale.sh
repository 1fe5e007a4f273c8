#!/usr/bin/env bash
# How long it takes to give a job another number of slots.
#
#   Benchmarks/Cluster/rescale.sh
#
# Two task managers of 2 slots each; a GROUP BY keeps a row of 1 KB for each key, in 2 slots first.
# 'jobctl rescale' asks for 4, then for 2 again. A last checkpoint is taken, the slots stop, and the
# others begin with their share of its state. Seconds
#   command      until 'jobctl rescale' has returned
#   silence      without a row, of all slots together, and until when after the command was given
#   all rows     after the command, until each new slot gives rows
#   checkpoint   the same, until the first checkpoint begun after the silence is complete
#
# Knobs, as environment variables, besides those of cluster.sh:
#   SIZES='10 1000'   megabytes of state
#   STORES='folder'   and 's3', as for checkpoints.sh
#   RATE=1000         rows a second, each of which changes a key
#   INTERVAL=10       seconds between checkpoints
set -euo pipefail

sizes=${SIZES:-10 1000}
stores=${STORES:-folder}
interval=${INTERVAL:-10}
title="Rescaling; 2 task managers of 2 slots, checkpoint every $interval s"
. "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"
with_stores "${BASH_SOURCE[0]}"

# rescale STORE MEGABYTES FROM TO
rescale() {
    local begin took
    sleep 2
    begin=$(now_ms)
    "$jobctl" rescale "$job" --parallelism "$4" > "$folder/rescale.log" 2>&1 \
        || { cat "$folder/rescale.log" >&2; give_up 'the job was not rescaled.'; }
    took=$(($(now_ms) - begin))
    wait_until_over "$begin" 180
    read -r stopped first all _ checkpoint <<< "$outage"
    printf '%-7s %8s  %-8s%s   load %s\n' "$1" "$2" "$3 to $4" \
        "$(seconds_of "$took" $((first - stopped)) "$first" "$all" "$checkpoint" | tr -d '\n')" \
        "$(load)"
}

print_machine
printf '%-7s %8s  %-8s%10s%10s%10s%10s%11s\n' store 'state MB' slots command silence until 'all rows' \
    checkpoint
for store in $stores; do
    for size in $sizes; do
        start_filled "$store" "$size" 2
        rescale "$store" "$size" 2 4
        rescale "$store" "$size" 4 2
        stop_cluster
    done
done
