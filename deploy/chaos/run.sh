#!/usr/bin/env bash
# Chaos: the card-transactions job of the demo between two PostgreSQL servers, while processes are
# killed, halted and started again and the servers crash; in the end every row is compared with a
# recomputation from the source.
#
#   deploy/chaos/run.sh [MINUTES=5] [SEED=n] [RATE=500] [KEEP=1]
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
        MINUTES=* | SEED=* | RATE=* | KEEP=*) declare "$word" ;;
        *) echo "'$word' is none of MINUTES=n, SEED=n, RATE=n, KEEP=1." >&2; exit 2 ;;
    esac
done
seconds=$((${MINUTES:-5} * 60))
rate=${RATE:-500}
seed=${SEED:-$RANDOM}
bin=${APUS_BIN:-$here/../../.build/release}
keep=${KEEP:-}
title='Chaos'
RANDOM=$seed
factor=$((14400 / seconds > 0 ? 14400 / seconds : 1))
declare -A counts=([kill]=0 [pair]=0 [nap]=0 [coma]=0 [source]=0 [target]=0)
ended=0

. "$here/../demo/pipeline.sh"

# pause TENTHS: sleeps so many tenths of a second.
pause() { sleep "$(($1 / 10)).$(($1 % 10))"; }

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

# disturb: one event.
disturb() {
    local all=(leader one two) first=$((RANDOM % 3)) dice=$((RANDOM % 12))
    local name other tenths event pid
    name=${all[first]}
    other=${all[(first + 1 + RANDOM % 2) % 3]}
    tenths=$((RANDOM % 2 * (RANDOM % 40)))
    pid=pid_$name
    case $dice in
        0 | 1 | 2 | 3) event=kill ;;
        4) event=pair ;;
        5 | 6) event=nap tenths=$((5 + RANDOM % 26)) ;;
        7 | 8) event=coma tenths=$((60 + RANDOM % 41)) ;;
        9 | 10) event=target ;;
        *) event=source ;;
    esac
    counts[$event]=$((counts[$event] + 1))
    case $event in
        kill)
            say "kill    $name, back after $((tenths * 100)) ms"
            kill_process "$name"
            pause "$tenths"
            start_process "$name"
            ;;
        pair)
            say "pair    $name and $other, back after $((tenths * 100)) ms"
            kill_process "$name"
            kill_process "$other"
            pause "$tenths"
            start_process "$name"
            start_process "$other"
            ;;
        nap | coma)
            say "$(printf '%-7s' "$event") $name for $((tenths * 100)) ms"
            kill -STOP "${!pid}"
            pause "$tenths"
            kill -CONT "${!pid}"
            ;;
        *)
            say "$event  server"
            restart_server "$event"
            ;;
    esac
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
say 'the chaos is over'
limit=$((SECONDS + 60))
while [ -n "$generator" ] && kill -0 "$generator" 2>/dev/null; do
    [ $SECONDS -lt $limit ] || { kill "$generator" 2>/dev/null || true; break; }
    sleep 0.2
done
[ -z "$generator" ] || wait "$generator" 2>/dev/null || true
generator=''
# So that a row of the last moments is not older than those which close the windows.
wait_for 'the delivery of all rows' 120 \
    'SELECT count(*) FROM enriched_transactions' \
    "$(source_sql -c 'SELECT count(*) FROM card_transactions')"
check_pipeline
echo "${bold}Every row is right${plain} after $((counts[kill] + counts[pair])) kills" \
    "(${counts[pair]} of two processes), ${counts[nap]} naps, ${counts[coma]} comas," \
    "${counts[source]} crashes of the source, ${counts[target]} of the target," \
    "$ended ends of a process by itself; seed $seed."
