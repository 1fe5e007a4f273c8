#!/usr/bin/env bash
# The demo: customers and card transactions change in one PostgreSQL database; a cluster of a job
# manager and two task managers joins and aggregates them into another one. Its processes are
# killed in the middle, the job manager included, and in the end every row is compared with a
# recomputation from the source.
#
#   deploy/demo/run.sh          (or: make demo, which builds first)
#
# Knobs, as environment variables:
#   DEMO_SECONDS=60   how long changes are written
#   DEMO_RATE=2000    changes per second
#   DEMO_KILLS=3      how often a process of the cluster is killed with -9 and started again: one
#                     or more times the job manager, with two kills or more also a task manager
#   DEMO_SEED         the seed of the rows, of the kills and of their times; random if not given
#   DEMO_KEEP=1       leave the folder with the logs behind
#   APUS_BIN          the folder of the programs; .build/release by default
#
# Exit code: 0 when nothing differs, 1 otherwise.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
seconds=${DEMO_SECONDS:-60}
rate=${DEMO_RATE:-2000}
kills=${DEMO_KILLS:-3}
seed=${DEMO_SEED:-$RANDOM}
bin=${APUS_BIN:-$here/../../.build/release}
keep=${DEMO_KEEP:-}
title='The demo'
RANDOM=$seed

# About four hours of event time, whatever the length of the demo.
factor=$((14400 / seconds > 0 ? 14400 / seconds : 1))

. "$here/pipeline.sh"

# choose_victims: who is killed, in which order. The job manager is among them, and from two kills
# on also a task manager.
choose_victims() {
    local all=(leader one two) workers=(one two) leader_turn worker_turn
    victims=()
    while [ ${#victims[@]} -lt "$kills" ]; do victims+=("${all[RANDOM % 3]}"); done
    [ "$kills" -gt 0 ] || return 0
    leader_turn=$((RANDOM % kills))
    victims[leader_turn]=leader
    [ "$kills" -gt 1 ] || return 0
    worker_turn=$(((leader_turn + 1 + RANDOM % (kills - 1)) % kills))
    victims[worker_turn]=${workers[RANDOM % 2]}
}

# Kills the next victim and starts it again.
kill_and_restart() {
    local victim=${victims[0]} role="task manager '${victims[0]}'"
    victims=("${victims[@]:1}")
    [ "$victim" != leader ] || role='the job manager'
    is_alive "$victim" || give_up "the process '$victim' ended by itself."
    kill_process "$victim"
    say "${bold}kill -9${plain} of $role; it starts again"
    start_process "$victim"
}

# Writes changes for the given time; kills processes at random moments meanwhile.
write_changes() {
    local count=$((seconds * rate)) next_report=$((SECONDS + 5)) kill_times=() part=0
    "$jobctl" generate cards --url "$source_url" --rate "$rate" --count "$count" \
        --seed "$seed" --time-factor "$factor" --start-time "$first_time" \
        > "$folder/generator.log" 2>&1 &
    generator=$!
    local begin=$SECONDS
    # One kill in each equal part of the time, in tenths of a second.
    while [ $part -lt "$kills" ]; do
        kill_times+=($(((part * seconds * 10 + RANDOM % (seconds * 10)) / kills)))
        part=$((part + 1))
    done
    local begin_tenths
    begin_tenths=$(tenths)
    while kill -0 "$generator" 2>/dev/null; do
        if [ ${#kill_times[@]} -gt 0 ] \
            && [ $(($(tenths) - begin_tenths)) -ge "${kill_times[0]}" ]; then
            kill_times=("${kill_times[@]:1}")
            kill_and_restart
        fi
        if [ $SECONDS -ge $next_report ]; then
            show_progress
            next_report=$((next_report + 10))
        fi
        check_job
        [ $SECONDS -lt $((begin + seconds * 4 + 60)) ] || give_up 'the generator is too slow.'
        sleep 0.1
    done
    wait "$generator" || give_up 'the generator failed.'
    generator=''
    while [ ${#kill_times[@]} -gt 0 ]; do
        kill_times=("${kill_times[@]:1}")
        kill_and_restart
    done
}

# Tenths of a second since 1970.
tenths() { local now=${EPOCHREALTIME/[.,]/}; echo $((now / 100000)); }

echo "${bold}Card transactions: PostgreSQL → joined and aggregated → PostgreSQL${plain}"
start_pipeline
choose_victims
say "the rows that were there are delivered; now $rate changes/s for $seconds s," \
    "$((seconds * factor / 3600)) hours of event time, and $kills times kill -9"
write_changes
say "$(sed -n 's/.*  \(Wrote .*\)/\1/p' "$folder/generator.log")"
check_pipeline
echo "${bold}Every row is right${plain}, after $kills times kill -9 (seed $seed)," \
    "in $((SECONDS - started)) s."
