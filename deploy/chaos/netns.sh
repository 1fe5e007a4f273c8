#!/usr/bin/env bash
# Cuts the network between the hosts of a cluster, again and again, while a job writes each number
# of a sequence into files, exactly once; in the end counts what is lost and what is doubled.
#
#   deploy/chaos/netns.sh          (or: make netns, which builds first; wants root)
#
# Three hosts, which are network namespaces of this machine: one has the job manager, the others a
# task manager each. They share a folder for checkpoints and files, and reach each other through a
# router, a fourth namespace, which drops the packets of a cut without a word to anybody: no side
# is told, as when a switch dies. The job is that of kill-rounds.sh. Each round cuts one of
#
#   control   a task manager's host off from the job manager's
#   data      the task managers' hosts off from each other
#   worker    a task manager's host off from both others
#   leader    the job manager's host off from both others
#
# in both directions or, one time in four, in one only; for 0.5 to 3 s, shorter than
# heartbeat.timeout (5 s), or for 6 to 12 s. Every kind comes once, in an order made by the seed,
# before one comes again. After each the job has to run and to complete a new checkpoint.
#
# Knobs, as environment variables:
#   ROUNDS=6          how many rounds
#   SEED              the seed of the cuts; random if not given
#   LIMIT=60          how many seconds after a cut the job may take to go on
#   ROWS_PER_SECOND=1000; the sequence has 20 seconds' worth of rows for each round
#   KEEP=1            leave the folder with the logs and files behind, also if all is well
#   APUS_BIN          the folder of the programs; .build/release by default
#
# Exit code: 0 when zero rows are lost and zero are doubled, 1 otherwise.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../cluster/processes.sh"
. "$here/numbers.sh"

rounds=${ROUNDS:-6}
seed=${SEED:-$RANDOM}
limit=${LIMIT:-60}
rate=${ROWS_PER_SECOND:-1000}
rows=$((rounds * rate * 20))
bin=${APUS_BIN:-$here/../../.build/release}
jobctl=$bin/jobctl
slots=2
keys=100
hosts=(leader one two)
net=apus-$$
# Ports of namespaces that have nothing else.
control_port=6123 rest_port=8081
RANDOM=$seed
started=$SECONDS

need_programs
[ "$(id -u)" -eq 0 ] || { echo 'Network namespaces want root.' >&2; exit 1; }
command -v ip > /dev/null || { echo "There is no ip: run 'make install'." >&2; exit 1; }
folder=$(mktemp -d "${TMPDIR:-/tmp}/apus-netns.XXXXXX")
checkpoints=file://$folder/checkpoints
keep=yes
declare -A cuts=()

clean_up() {
    local status=$? host
    trap - EXIT INT TERM
    trap '' HUP PIPE
    for host in "${hosts[@]}"; do kill_process "$host"; done
    # The links go with the namespaces that they join.
    for host in router "${hosts[@]}"; do ip netns del "$net-$host" 2>/dev/null || true; done
    if [ -n "$keep" ]; then
        echo "Logs, checkpoints and files are in $folder."
    else
        rm -rf "$folder"
    fi
    exit "$status"
}
trap clean_up EXIT
# Who ends it early has nothing to look at.
trap 'keep=${KEEP:-}; exit 130' INT TERM HUP PIPE

# address HOST: of its only interface.
address() {
    case $1 in
        leader) echo 10.77.1.2 ;;
        one) echo 10.77.2.2 ;;
        two) echo 10.77.3.2 ;;
    esac
}

# The hosts, each with a link to the router.
make_network() {
    local host gateway
    for host in router "${hosts[@]}"; do
        ip netns add "$net-$host"
        ip -n "$net-$host" link set lo up
    done
    ip netns exec "$net-router" sysctl -qw net.ipv4.ip_forward=1
    for host in "${hosts[@]}"; do
        gateway=$(address "$host")
        gateway=${gateway%.2}.1
        ip -n "$net-router" link add "to-$host" type veth peer name eth0 netns "$net-$host"
        ip -n "$net-router" addr add "$gateway/24" dev "to-$host"
        ip -n "$net-router" link set "to-$host" up
        ip -n "$net-$host" addr add "$(address "$host")/24" dev eth0
        ip -n "$net-$host" link set eth0 up
        ip -n "$net-$host" route add default via "$gateway"
    done
}

# drop FROM TO: the router drops the packets of one host to another.
drop() {
    ip -n "$net-router" rule add from "$(address "$1")" to "$(address "$2")" blackhole priority 10
}

# Undoes every drop.
heal() {
    while ip -n "$net-router" rule del priority 10 2>/dev/null; do :; done
}

start_process() {
    local before=(ip netns exec "$net-$1")
    local more=(-D "cluster.token-file=$folder/token")
    case $1 in
        leader)
            more+=(-D "jobmanager.rpc.address=$(address leader)" -D jobmanager.bind-host=0.0.0.0)
            start_jobmanager leader
            ;;
        *)
            more+=(-D "taskmanager.host=$(address "$1")" -D taskmanager.bind-host=0.0.0.0)
            start_taskmanager "$1" "$slots"
            ;;
    esac
}

start_all() {
    local host
    make_network
    echo "$seed-$$" > "$folder/token"
    at_leader=(ip netns exec "$net-leader")
    dialled=$(address leader):$control_port
    export APUS_JOBMANAGER=http://127.0.0.1:$rest_port
    for host in "${hosts[@]}"; do start_process "$host"; done
    wait_for_slots $((2 * slots)) 30 || give_up 'the cluster did not come up within 30 s.'
    submit_numbers
}

check_processes() {
    local host
    for host in "${hosts[@]}"; do
        is_alive "$host" || give_up "round $round: '$host' ended by itself."
    done
}

# shuffle WORD...: prints them in an order made by the seed.
shuffle() {
    local words=("$@") index other word
    for ((index = ${#words[@]} - 1; index > 0; index--)); do
        other=$((RANDOM % (index + 1)))
        word=${words[index]} words[index]=${words[other]} words[other]=$word
    done
    order=("${words[@]}")
}

# wait_for_checkpoint NUMBER: until one after it is complete and the job runs; sets took_ms.
wait_for_checkpoint() {
    local begin=${EPOCHREALTIME/[.,]/} end=$((SECONDS + limit)) newest
    until newest=$(newest_checkpoint) && [ "${newest:-0}" -gt "${1:-0}" ] \
        && [ "$(job_state "$job")" = RUNNING ]; do
        check_processes
        [ $SECONDS -lt $end ] || give_up "round $round: $limit s after the cut was healed the job" \
            "is $(job_state "$job") and has no checkpoint after ${1:-0}."
        sleep 0.2
    done
    took_ms=$(((${EPOCHREALTIME/[.,]/} - begin) / 1000))
}

# One round: cuts, heals, and waits until the job goes on.
play_round() {
    local kind=$1 tenths=$2 workers=(one two) worker other pairs pair from to way text first
    first=$((RANDOM % 2))
    worker=${workers[first]} other=${workers[1 - first]}
    case $kind in
        control) pairs=("$worker leader") ;;
        data) pairs=("$worker $other") ;;
        worker) pairs=("$worker leader" "$worker $other") ;;
        leader) pairs=("leader one" "leader two") ;;
    esac
    way=$((RANDOM % 8))
    text="$kind"
    [ "$kind" = leader ] || text+=" of '$worker'"
    case $way in
        0) text+=', only what it sends,' ;;
        1) text+=', only what it is sent,' ;;
    esac
    text+=" cut for $((tenths / 10)).$((tenths % 10)) s"
    pause $((5 + RANDOM % 26))
    for pair in "${pairs[@]}"; do
        read -r from to <<< "$pair"
        [ $way -eq 1 ] || drop "$from" "$to"
        [ $way -eq 0 ] || drop "$to" "$from"
    done
    pause "$tenths"
    heal
    cuts[$kind]=$((${cuts[$kind]:-0} + 1))
    wait_for_checkpoint "$(newest_checkpoint)"
    say "round $round: $text; runs, with checkpoint $(newest_checkpoint), after $took_ms ms"
}

say "starting a job manager and two task managers, each on a host; $rounds rounds, seed $seed"
start_all
wait_for_state RUNNING 30 || give_up 'the job does not run within 30 s.'
order=()
for ((round = 1; round <= rounds; round++)); do
    [ ${#order[@]} -gt 0 ] || shuffle {control,data,worker,leader}-{short,long}
    case ${order[0]} in
        *-short) tenths=$((5 + RANDOM % 26)) ;;
        *-long) tenths=$((60 + RANDOM % 61)) ;;
    esac
    play_round "${order[0]%-*}" "$tenths"
    order=("${order[@]:1}")
done
say 'the last round is over; the job goes on to the end of the sequence'
wait_for_state FINISHED $((rows / rate + 120)) || give_up 'the job does not come to its end.'
check_processes
verdict=0
report=$(count_rows) || verdict=1
echo
echo "seed          $seed"
echo "cuts          control ${cuts[control]:-0}, data ${cuts[data]:-0}," \
    "worker ${cuts[worker]:-0}, leader ${cuts[leader]:-0}"
echo "$report"
[ $verdict -eq 0 ] || give_up 'rows are lost, doubled or wrong.'
[ -n "${KEEP:-}" ] || keep=''
