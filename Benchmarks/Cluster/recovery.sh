#!/usr/bin/env bash
# How long a job needs after kill -9 of a task manager or of the job manager.
#
#   Benchmarks/Cluster/recovery.sh
#
# Two task managers of 1 slot each keep a row of 1 KB for each key of a GROUP BY. Two seconds after
# a checkpoint of the whole state one process is killed and started again at once, with an empty
# folder, as a supervisor does. Everything is at its default, among it the pause of 1 s before the
# first restart of a job. Seconds after the kill until
#   running      the job manager says that the job is RUNNING, with all slots restored
#   first row    any slot gives rows again
#   all rows     all slots do
#   checkpoint   the first checkpoint begun after the first row is complete; one is begun every INTERVAL
#
# Knobs, as environment variables, besides those of cluster.sh:
#   SIZES=1000        megabytes of state
#   STORES='folder'   and 's3', as for checkpoints.sh
#   RATE=1000         rows a second, each of which changes a key
#   INTERVAL=10       seconds between checkpoints
#   BUDGET=10         seconds until all rows, at most; exit code 1 if it takes longer
set -euo pipefail

sizes=${SIZES:-1000}
stores=${STORES:-folder}
interval=${INTERVAL:-10}
budget=${BUDGET:-10}
title="Recovery after kill -9; 2 task managers of 1 slot, checkpoint every $interval s"
. "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"
with_stores "${BASH_SOURCE[0]}"
missed=0

# strike STORE MEGABYTES VICTIM LABEL
strike() {
    local begin
    sleep 2
    begin=$(now_ms)
    kill_process "$3"
    case $3 in
        leader) start_jobmanager leader ;;
        *)
            rm -rf "${folder:?}/$3"
            start_taskmanager "$3" 1
            ;;
    esac
    wait_until_over "$begin" 180
    read -r _ first all running checkpoint <<< "$outage"
    printf '%-7s %8s  %-13s%s%s\n' "$1" "$2" "$4" \
        "$(seconds_of "$running" "$first" "$all" "$checkpoint" | tr -d '\n')" \
        "$(awk -v all="$all" -v budget="$budget" \
            'BEGIN { print (all <= budget * 1000 ? "  met" : "  MISSED") }')   load $(load)"
    [ "$all" -le $((budget * 1000)) ] || missed=1
}

print_machine
printf '%-7s %8s  %-13s%10s%10s%10s%11s  budget %s s\n' store 'state MB' killed running 'first row' \
    'all rows' 'checkpoint' "$budget"
for store in $stores; do
    for size in $sizes; do
        start_filled "$store" "$size" 1
        strike "$store" "$size" two 'task manager'
        strike "$store" "$size" leader 'job manager'
        stop_cluster
    done
done
exit $missed
