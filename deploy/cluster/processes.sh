# Starts and stops the programs of a local cluster; to be sourced.
#
# Wanted of the caller: bin (the folder of the programs), folder (for logs and state), checkpoints
# (the location), and for S3 the AWS_ variables and s3_flags. jobmanager_flags win over the short
# times that are set here, so that kills show quickly. A caller whose programs are not on this host,
# or not at these addresses, sets for each start: before (the words before the program), more
# (further options; the last one of a kind counts) and dialled (host:port of the job manager); and
# once at_leader (the words before a command that reaches the REST port on 127.0.0.1).

s3_flags=() jobmanager_flags=() before=() more=() at_leader=()
dialled=''
# A folder answers at once.
lease_duration='3 s' renew_deadline='2 s'

# One port for each program; free now, and taken at once.
free_ports() {
    python3 - "$1" <<'PYTHON'
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets:
    s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in sockets])
PYTHON
}

# start_jobmanager NAME: sets the variable pid_NAME.
start_jobmanager() {
    local name=$1
    "${before[@]}" "$bin/jobmanager" \
        -D high-availability.cluster-id=local -D jobmanager.name="$name" \
        -D "execution.checkpointing.dir=$checkpoints" \
        -D "jobmanager.rpc.port=$control_port" -D "rest.port=$rest_port" \
        -D "high-availability.lease-duration=$lease_duration" \
        -D "high-availability.renew-deadline=$renew_deadline" \
        -D 'high-availability.retry-period=500 ms' \
        -D 'heartbeat.interval=500 ms' -D 'heartbeat.timeout=5 s' \
        "${s3_flags[@]}" "${jobmanager_flags[@]}" "${more[@]}" >> "$folder/$name.log" 2>&1 &
    printf -v "pid_$name" '%s' $!
}

# start_taskmanager NAME SLOTS: sets the variable pid_NAME.
start_taskmanager() {
    local name=$1 slots=$2
    "${before[@]}" "$bin/taskmanager" \
        -D high-availability.cluster-id=local -D taskmanager.resource-id="$name" \
        -D "execution.checkpointing.dir=$checkpoints" \
        -D "jobmanager.rpc.address=${dialled:-127.0.0.1:$control_port}" \
        -D "taskmanager.numberOfTaskSlots=$slots" \
        -D "taskmanager.memory.process.size=${CLUSTER_MEMORY:-512m}" \
        -D "io.tmp.dirs=$folder/$name" -D metrics.port=0 \
        "${s3_flags[@]}" "${more[@]}" >> "$folder/$name.log" 2>&1 &
    printf -v "pid_$name" '%s' $!
}

# start_moto PORT: an S3 in memory with the bucket apus, and the variables to use it at
# 127.0.0.1:PORT; sets the variable pid_moto.
start_moto() {
    local moto end=$((SECONDS + 120))
    moto=$(dirname "${BASH_SOURCE[0]}")/../../.build/python/bin/moto_server
    [ -x "$moto" ] || moto=$(command -v moto_server) || {
        echo "There is no moto_server: run 'make install'." >&2
        return 1
    }
    "$moto" -H 127.0.0.1 -p "$1" > "$folder/moto.log" 2>&1 &
    pid_moto=$!
    export AWS_ACCESS_KEY_ID=apus AWS_SECRET_ACCESS_KEY=apus-local AWS_REGION=us-east-1
    s3_flags=(-D "s3.endpoint=http://127.0.0.1:$1" -D s3.path.style.access=true)
    until curl -sf "http://127.0.0.1:$1/moto-api/data.json" > /dev/null; do
        [ $SECONDS -lt $end ] && kill -0 $pid_moto 2>/dev/null || {
            echo 'moto_server does not start.' >&2
            return 1
        }
        sleep 0.2
    done
    curl -sf -X PUT "http://127.0.0.1:$1/apus" > /dev/null
    # It serves one request after the other, and those of the lease wait with the rest.
    lease_duration='6 s' renew_deadline='4 s'
}

# wait_for_slots COUNT SECONDS: until so many slots are registered.
wait_for_slots() {
    local end=$((SECONDS + $2))
    until "${at_leader[@]}" curl -sf -m 5 "http://127.0.0.1:$rest_port/overview" 2>/dev/null \
        | grep -q "\"slots-total\":$1[,}]"; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.1
    done
}

# is_alive NAME: whether the process still runs.
is_alive() {
    local pid=pid_$1
    [ -n "${!pid:-}" ] && kill -0 "${!pid}" 2>/dev/null
}

# kill_process NAME: kill -9, and nothing of it is left when this returns.
kill_process() {
    local pid=pid_$1
    [ -n "${!pid:-}" ] || return 0
    kill -9 "${!pid}" 2>/dev/null || true
    wait "${!pid}" 2>/dev/null || true
    printf -v "pid_$1" ''
}

# job_state ID: its state, or nothing while no job manager answers.
job_state() {
    "${at_leader[@]}" curl -sf -m 5 "http://127.0.0.1:$rest_port/jobs/overview" 2>/dev/null \
        | python3 -c '
import json, sys
try:
    # While nobody leads, the answer has errors and no jobs.
    jobs = json.load(sys.stdin).get("jobs", [])
except ValueError:
    jobs = []
print(*[job["state"] for job in jobs if job["jid"] == sys.argv[1]])' "$1" || true
}

# show_logs LINES: the ends of the logs of all programs.
show_logs() {
    local log
    for log in "$folder"/*.log; do
        [ -s "$log" ] || continue
        echo "The last lines of $(basename "$log"):"
        tail -n "$1" "$log" | sed 's/^/    /'
    done
}
