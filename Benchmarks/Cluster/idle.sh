#!/usr/bin/env bash
# How long the programs take to start, and how much memory they have while nothing is to be done.
#
#   Benchmarks/Cluster/idle.sh
#
# A job manager and a task manager of 1 slot start with empty folders, one after the other, each
# ROUNDS times; everything is at its default. Shown is the median of
#   ready     seconds from the start of the process until /readyz answers 200: a job manager leads
#             or stands by then, a task manager has been taken in by it
#   memory    VmRSS in MB after both of the last round have had nothing to do for IDLE seconds
#
# Knobs, as environment variables, besides those of cluster.sh:
#   ROUNDS=5          how often both are started
#   IDLE=30           seconds until their memory is looked at
#   BUDGET=1          seconds until ready, at most; exit code 1 if it takes longer
#   JOBMANAGER_MB=60  memory of the job manager, at most
#   TASKMANAGER_MB=120; of the task manager
set -euo pipefail

rounds=${ROUNDS:-5}
idle=${IDLE:-30}
budget=${BUDGET:-1}
title="Start and idling; a job manager and a task manager of 1 slot, $rounds starts"
. "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"
missed=0

# wait_until_ready PORT: until /readyz of 127.0.0.1:PORT answers 200.
wait_until_ready() {
    local end=$((SECONDS + 30))
    until curl -sf -m 5 "http://127.0.0.1:$1/readyz" > /dev/null 2>&1; do
        [ $SECONDS -lt $end ] || give_up "the program at port $1 is not ready within 30 s."
        sleep 0.01
    done
}

# start_round NUMBER: a job manager and then a task manager, in a new folder; adds to the figures.
start_round() {
    local begin metrics_port
    folder=$base/$1
    mkdir -p "$folder"
    checkpoints=file://$folder/checkpoints
    read -r control_port rest_port metrics_port <<< "$(free_ports 3)"
    task_managers=(one)
    more=()
    begin=$(now_ms)
    start_jobmanager leader
    wait_until_ready "$rest_port"
    leader_ms+=($(($(now_ms) - begin)))
    more=(-D "metrics.port=$metrics_port")
    begin=$(now_ms)
    start_taskmanager one 1
    wait_until_ready "$metrics_port"
    one_ms+=($(($(now_ms) - begin)))
}

median() { printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"; }

# show LABEL NAME MEGABYTES TIME...: a line of the table.
show() {
    local pid=pid_$2 most=$3 took memory word=met
    took=$(median "${@:4}")
    memory=$(awk '/^VmRSS/ { printf "%d", $2 / 1024 }' "/proc/${!pid}/status")
    if [ "$took" -gt $((budget * 1000)) ] || [ "$memory" -gt "$most" ]; then
        word=MISSED
        missed=1
    fi
    printf '%-13s%s%10s   budget %s s, %s MB  %s   load %s\n' "$1" "$(seconds_of "$took")" \
        "$memory" "$budget" "$most" "$word" "$(load)"
}

print_machine
leader_ms=() one_ms=()
for ((round = 1; round <= rounds; round++)); do
    [ "$round" -eq 1 ] || stop_cluster
    start_round "$round"
done
sleep "$idle"
printf '%-13s%10s%10s\n' '' 'ready' 'memory'
show 'job manager' leader "${JOBMANAGER_MB:-60}" "${leader_ms[@]}"
show 'task manager' one "${TASKMANAGER_MB:-120}" "${one_ms[@]}"
stop_cluster
exit $missed
