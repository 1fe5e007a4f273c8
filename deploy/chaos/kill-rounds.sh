#!/usr/bin/env bash
# Kills processes of a local cluster with -9, again and again, while a job writes each number of a
# sequence into files, exactly once; in the end counts what is lost and what is doubled.
#
#   deploy/chaos/kill-rounds.sh          (or: make kill-rounds, which builds first)
#
# The job reads a sequence with 4 readers, keeps a count and a sum by key, and writes every number
# and every result of the aggregation into files. The cluster is a job manager and two task
# managers. In each round, after 0.3 to 3 s, one or two of the three processes are killed and
# started again, at once or after a pause. The sequence is long enough to outlast the rounds; when
# it has ended, the files have to hold each number once, and each key's count and sum has to be
# that of the numbers.
#
# Knobs, as environment variables:
#   ROUNDS=100        how many rounds
#   SEED              the seed of the kills; random if not given
#   ROWS_PER_SECOND=1000; the sequence has four seconds' worth of rows for each round
#   KEEP=1            leave the folder with the logs and files behind, also if all is well
#   APUS_BIN          the folder of the programs; .build/release by default
#
# Exit code: 0 when zero rows are lost and zero are doubled, 1 otherwise.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../cluster/processes.sh"
. "$here/numbers.sh"

rounds=${ROUNDS:-100}
seed=${SEED:-$RANDOM}
rate=${ROWS_PER_SECOND:-1000}
rows=$((rounds * rate * 4))
bin=${APUS_BIN:-$here/../../.build/release}
jobctl=$bin/jobctl
slots=2
keys=100
RANDOM=$seed
started=$SECONDS

need_programs
folder=$(mktemp -d "${TMPDIR:-/tmp}/apus-kill-rounds.XXXXXX")
checkpoints=file://$folder/checkpoints
keep=yes
declare -A kills=([leader]=0 [one]=0 [two]=0)
pairs=0

clean_up() {
    local status=$? process
    trap - EXIT INT TERM
    trap '' HUP PIPE
    for process in leader one two; do kill_process "$process"; done
    if [ -n "$keep" ]; then
        echo "Logs, checkpoints and files are in $folder."
    else
        rm -rf "$folder"
    fi
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP PIPE

start_process() {
    case $1 in
        leader) start_jobmanager leader ;;
        *) start_taskmanager "$1" "$slots" ;;
    esac
}

start_all() {
    local process
    read -r control_port rest_port <<< "$(free_ports 2)"
    export APUS_JOBMANAGER=http://127.0.0.1:$rest_port
    for process in leader one two; do start_process "$process"; done
    wait_for_slots $((2 * slots)) 30 || give_up 'the cluster did not come up within 30 s.'
    submit_numbers
}

# One round: kills one or two processes and starts them again.
play_round() {
    local number=$1 all=(leader one two) victims=() first text victim
    pause $((3 + RANDOM % 28))
    first=$((RANDOM % 3))
    victims=("${all[first]}")
    # One time in five another one dies with it.
    if [ $((RANDOM % 5)) -eq 0 ]; then
        victims+=("${all[(first + 1 + RANDOM % 2) % 3]}")
        pairs=$((pairs + 1))
    fi
    for victim in "${victims[@]}"; do
        is_alive "$victim" || give_up "round $number: '$victim' ended by itself."
    done
    for victim in "${victims[@]}"; do
        kill_process "$victim"
        kills[$victim]=$((kills[$victim] + 1))
    done
    text="checkpoint $(newest_checkpoint); kill -9 ${victims[*]}"
    # One time in three they stay away for a while.
    if [ $((RANDOM % 3)) -eq 0 ]; then
        local tenths=$((1 + RANDOM % 20))
        pause $tenths
        text+=", back after $((tenths / 10)).$((tenths % 10)) s"
    fi
    for victim in "${victims[@]}"; do start_process "$victim"; done
    printf '%4d s  round %3d: %s\n' $((SECONDS - started)) "$number" "$text" >> "$folder/rounds.log"
    # So that the kills do not only hit a job that starts: every fifth round waits until it runs.
    if [ $((number % 5)) -eq 0 ]; then
        wait_for_state RUNNING 60 || give_up "round $number: the job does not run within 60 s."
    fi
    if [ $((number % 10)) -eq 0 ]; then say "round $number: $text"; fi
}

say "starting a job manager and two task managers; $rounds rounds, seed $seed"
start_all
wait_for_state RUNNING 30 || give_up 'the job does not run within 30 s.'
first=$(date +%s%N)
for ((round = 1; round <= rounds; round++)); do play_round "$round"; done
took=$((($(date +%s%N) - first) / 1000000))
say 'the last round is over; the job goes on to the end of the sequence'
wait_for_state FINISHED $((rows / rate + 120)) || give_up 'the job does not come to its end.'
checkpoint=$(newest_checkpoint)
verdict=0
report=$(count_rows) || verdict=1
echo
echo "seed          $seed"
echo "rounds        $rounds, $((took / (rounds > 0 ? rounds : 1))) ms each"
echo "kills         job manager ${kills[leader]}, task managers $((kills[one] + kills[two]))" \
    "($pairs times two at once)"
echo "checkpoints   ${checkpoint:-0}"
echo "$report"
[ $verdict -eq 0 ] || give_up 'rows are lost, doubled or wrong.'
[ -n "${KEEP:-}" ] || keep=''
