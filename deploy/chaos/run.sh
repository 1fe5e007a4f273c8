#!/usr/bin/env bash
# Chaos: the card-transactions job of the demo between two PostgreSQL servers, while processes are
# killed, halted and started again, the servers crash, connections break and the object store fails;
# in the end every row is compared with a recomputation from the source.
#
#   deploy/chaos/run.sh [MINUTES=5] [SEED=n] [RATE=500] [KEEP=1] [STORE=s3|directory]
#
# (or: make chaos, which builds first)
#
# Every few seconds one of these happens, by the seed:
#   kill     kill -9 of the job manager or a task manager, which starts again up to 4 s later
#   pair     the same with two of them
#   nap      SIGSTOP of one of them, SIGCONT after 0.5 to 3 s: shorter than heartbeat.timeout (5 s)
#   coma     the same for 6 to 10 s: longer than it, so that the others go on without the process
#   source   the source server ends as in a crash (pg_ctl -m immediate) and starts again
#   target   the same with the target server
#   cut      all connections of the job manager, or of a task manager's data port, are reset, and
#            new ones for 0 to 3 s
#   mute     nothing passes there for 1 to 8 s, and nobody is told
#   slow     every piece that passes there, or to the store, takes 20 to 200 ms more, for 2 to 6 s
#   s3       30 to 50 % of the requests to the store fail, for 3 to 8 s
#   s3-down  the store does not answer for 1 to 5 s; the leader gives up after 4
#
# The last five are done by proxy.py, which stands between the task managers and the job manager,
# between the task managers, and between all and the store; they last while others happen. The store
# is moto's S3, which has to hold checkpoints and the leader's lease; with STORE=directory it is a
# folder, which does not fail.
#
# A process that ends by itself with an exit code is started again, as a supervisor does, and
# counted; one that dies of a signal which nobody sent is a failure.
#
# The words of the command line may be environment variables, too. APUS_BIN is the folder of the
# programs; .build/release by default.
#
# Exit code: 0 when nothing differs, 1 otherwise.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for word in "$@"; do
    case $word in
        MINUTES=* | SEED=* | RATE=* | KEEP=* | STORE=*) declare "$word" ;;
        *) echo "'$word' is none of MINUTES=, SEED=, RATE=, KEEP=, STORE=." >&2; exit 2 ;;
    esac
done
seconds=$((${MINUTES:-5} * 60))
rate=${RATE:-500}
seed=${SEED:-$RANDOM}
bin=${APUS_BIN:-$here/../../.build/release}
keep=${KEEP:-}
store=${STORE:-s3}
case $store in
    s3 | directory) ;;
    *) echo "STORE is s3 or directory, not '$store'." >&2; exit 2 ;;
esac
title='Chaos'
RANDOM=$seed
factor=$((14400 / seconds > 0 ? 14400 / seconds : 1))
declare -A counts=([kill]=0 [pair]=0 [nap]=0 [coma]=0 [source]=0 [target]=0)
counts+=([cut]=0 [mute]=0 [slow]=0 [s3]=0 [s3-down]=0)
declare -A data_ports=()
ended=0

. "$here/../demo/pipeline.sh"

# The store and the proxy are Python, and a restore reads many files: a busy machine takes long.
patience=300

# pause TENTHS: sleeps so many tenths of a second.
pause() { sleep "$(($1 / 10)).$(($1 % 10))"; }

# The other programs dial 127.0.0.2, where the proxy listens at the same ports and passes on what
# comes to 127.0.0.1, where the programs are.
behind=127.0.0.2

start_proxy() {
    local port_one port_two port_store routes end=$((SECONDS + 120))
    read -r control_port rest_port port_one port_two port_store <<< "$(free_ports 5)"
    data_ports=([one]=$port_one [two]=$port_two)
    dialled=$behind:$control_port
    routes=("control=$behind:$control_port>127.0.0.1:$control_port")
    routes+=("data-one=$behind:$port_one>127.0.0.1:$port_one")
    routes+=("data-two=$behind:$port_two>127.0.0.1:$port_two")
    if [ "$store" = s3 ]; then
        helpers+=(moto)
        start_moto "$port_store" || give_up 'there is no store.'
        s3_flags+=(-D "s3.endpoint=http://$behind:$port_store")
        checkpoints=s3://apus/checkpoints
        routes+=("s3:s3=$behind:$port_store>127.0.0.1:$port_store")
    fi
    mkfifo "$folder/proxy"
    exec {proxy}<> "$folder/proxy"
    helpers+=(proxy)
    python3 "$here/proxy.py" --seed "$seed" "${routes[@]}" \
        < "$folder/proxy" > "$folder/proxy.log" 2>&1 &
    pid_proxy=$!
    until grep -q 'passes on' "$folder/proxy.log"; do
        [ $SECONDS -lt $end ] && is_alive proxy || give_up 'the proxy does not start.'
        sleep 0.1
    done
}

# tell_proxy COMMAND...
tell_proxy() {
    is_alive proxy || give_up 'the proxy ended by itself.'
    echo "$*" >&"$proxy"
}

# start_process NAME: as in the pipeline, but others reach it through the proxy.
start_process() {
    local more=()
    case $1 in
        leader)
            more=(-D "jobmanager.rpc.address=$behind")
            start_jobmanager leader
            ;;
        *)
            more=(-D "taskmanager.host=$behind" -D "taskmanager.data.port=${data_ports[$1]}")
            start_taskmanager "$1" "$slots"
            ;;
    esac
}

# restart_server source|target: ends it as in a crash, and starts it again.
restart_server() {
    local control=("$POSTGRES_BIN/pg_ctl" -D "$folder/$1/data" -l "$folder/$1/server.log" -w)
    as_owner "${control[@]}" -m immediate stop > /dev/null
    pause $((RANDOM % 30))
    as_owner "${control[@]}" start > /dev/null || give_up "the $1 server does not start again."
}

# supervise: starts what ended by itself again.
supervise() {
    local name pid status
    for name in leader one two; do
        if is_alive "$name"; then continue; fi
        pid=pid_$name status=0
        wait "${!pid}" || status=$?
        [ $status -lt 128 ] || give_up "the process '$name' died of signal $((status - 128))."
        say "'$name' ended by itself with code $status; it starts again"
        ended=$((ended + 1))
        start_process "$name"
    done
}

# choose_event: sets event, and tenths where the event has a length.
choose_event() {
    local sides=20
    # The last three are of the store.
    [ "$store" = s3 ] || sides=17
    tenths=$((RANDOM % 2 * (RANDOM % 40)))
    case $((RANDOM % sides)) in
        0 | 1 | 2 | 3) event=kill ;;
        4) event=pair ;;
        5 | 6) event=nap tenths=$((5 + RANDOM % 26)) ;;
        7 | 8) event=coma tenths=$((60 + RANDOM % 41)) ;;
        9 | 10) event=target ;;
        11) event=source ;;
        12 | 13) event=cut tenths=$((RANDOM % 2 * (RANDOM % 31))) ;;
        14) event=mute tenths=$((10 + RANDOM % 71)) ;;
        15 | 16) event=slow tenths=$((20 + RANDOM % 41)) ;;
        17 | 18) event=s3 tenths=$((30 + RANDOM % 51)) ;;
        *) event=s3-down tenths=$((10 + RANDOM % 41)) ;;
    esac
    counts[$event]=$((counts[$event] + 1))
}

# disturb: one event.
disturb() {
    local all=(leader one two) routes=(control 'data-*') first=$((RANDOM % 3))
    local name other route amount event tenths pid time
    name=${all[first]}
    other=${all[(first + 1 + RANDOM % 2) % 3]}
    pid=pid_$name
    choose_event
    [ "$event" != slow ] || [ "$store" != s3 ] || routes+=(s3)
    route=${routes[RANDOM % ${#routes[@]}]}
    amount=$RANDOM
    time=$((tenths / 10)).$((tenths % 10))
    case $event in
        kill | pair) disturb_by_kill ;;
        nap | coma)
            say "$(printf '%-7s' "$event") $name for $time s"
            kill -STOP "${!pid}"
            pause "$tenths"
            kill -CONT "${!pid}"
            ;;
        source | target)
            say "$event  server"
            restart_server "$event"
            ;;
        cut)
            say "cut     $route, refused for $time s"
            tell_proxy cut "$route" "$time"
            ;;
        mute)
            say "mute    $route for $time s"
            tell_proxy mute "$route" "$time"
            ;;
        slow)
            amount=$((20 + amount % 181))
            say "slow    $route by $amount ms for $time s"
            tell_proxy slow "$route" "$amount" "$time"
            ;;
        s3)
            amount=$((30 + amount % 21))
            say "s3      $amount % of the requests fail for $time s"
            tell_proxy faults s3 "$amount" "$time"
            ;;
        s3-down)
            say "s3-down for $time s"
            tell_proxy mute s3 "$time"
            ;;
    esac
}

# Kills one process or two and starts them again; reads the variables of disturb.
disturb_by_kill() {
    local victims=("$name") victim
    [ "$event" != pair ] || victims+=("$other")
    say "$(printf '%-7s' "$event") ${victims[*]}, back after $time s"
    for victim in "${victims[@]}"; do kill_process "$victim"; done
    pause "$tenths"
    for victim in "${victims[@]}"; do start_process "$victim"; done
}

# start_generator SECONDS: in the background; a crash of the source ends it, and another goes on.
runs=0
start_generator() {
    runs=$((runs + 1))
    "$jobctl" generate cards --url "$source_url" --rate "$rate" --count $((rate * $1)) \
        --seed $((seed + runs)) --time-factor "$factor" --start-time "$first_time" \
        > "$folder/generator.log" 2>&1 &
    generator=$!
}

# The job has to be alive: it may restart as often as it wants, but not end.
check_job() {
    supervise
    case $(job_state "$job") in
        FAILED | FINISHED | CANCELED) give_up 'the job ended by itself.' ;;
    esac
}

echo "${bold}Chaos: PostgreSQL → joined and aggregated → PostgreSQL, for $seconds s${plain}"
start_proxy
start_pipeline
say "the rows that were there are delivered; now $rate changes/s and chaos, seed $seed"
begin=$SECONDS end=$((SECONDS + seconds))
start_generator "$seconds"
while [ $SECONDS -lt $end ]; do
    pause $((10 + RANDOM % 70))
    supervise
    disturb
    check_job
    if ! kill -0 "$generator" 2>/dev/null; then
        wait "$generator" 2>/dev/null || true
        generator=''
        [ $SECONDS -ge $end ] || start_generator $((end - SECONDS))
    fi
    if [ $((SECONDS - begin)) -ge 30 ]; then
        show_progress
        begin=$SECONDS
    fi
done
tell_proxy heal
say 'the chaos is over'
limit=$((SECONDS + 60))
while [ -n "$generator" ] && kill -0 "$generator" 2>/dev/null; do
    [ $SECONDS -lt $limit ] || { kill "$generator" 2>/dev/null || true; break; }
    sleep 0.2
done
[ -z "$generator" ] || wait "$generator" 2>/dev/null || true
generator=''
# So that a row of the last moments is not older than those which close the windows.
wait_for 'the delivery of all rows' "$patience" \
    'SELECT count(*) FROM enriched_transactions' \
    "$(source_sql -c 'SELECT count(*) FROM card_transactions')"
check_pipeline
# faults WAY: how many requests to the store failed in that way.
faults() { grep -c "  fault $1:" "$folder/proxy.log" || true; }

cat <<TEXT
${bold}Every row is right${plain} after
  kills             $((counts[kill] + counts[pair])), ${counts[pair]} of them of two processes
  halts             ${counts[nap]} naps, ${counts[coma]} comas
  server crashes    ${counts[source]} of the source, ${counts[target]} of the target
  network           ${counts[cut]} cuts, ${counts[mute]} times mute, ${counts[slow]} times slow
  store             ${counts[s3]} times with errors, ${counts[s3-down]} times down
  failed requests   $(faults slowdown) SlowDown, $(faults error) InternalError, $(faults lost) done but answered with it,
                    $(faults upload) cut in the body, $(faults download) in the answer, $(faults held) held
  leadership lost   $(grep -c 'Leadership is lost' "$folder/leader.log" || true) times
  ended by itself   $ended processes, started again
Seed $seed.
TEXT
