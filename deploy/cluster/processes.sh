# Starts and stops the programs of a local cluster; to be sourced.
#
# Wanted of the caller: bin (the folder of the programs), folder (for logs and state), checkpoints
# (the location), and for S3 the AWS_ variables and s3_flags.

s3_flags=()

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
    "$bin/jobmanager" \
        -D high-availability.cluster-id=local -D jobmanager.name="$name" \
        -D "execution.checkpointing.dir=$checkpoints" \
        -D "jobmanager.rpc.port=$control_port" -D "rest.port=$rest_port" \
        -D 'high-availability.lease-duration=3 s' -D 'high-availability.renew-deadline=2 s' \
        -D 'high-availability.retry-period=500 ms' \
        -D 'heartbeat.interval=500 ms' -D 'heartbeat.timeout=5 s' \
        "${s3_flags[@]}" >> "$folder/$name.log" 2>&1 &
    printf -v "pid_$name" '%s' $!
}

# start_taskmanager NAME SLOTS: sets the variable pid_NAME.
start_taskmanager() {
    local name=$1 slots=$2
    "$bin/taskmanager" \
        -D high-availability.cluster-id=local -D taskmanager.resource-id="$name" \
        -D "execution.checkpointing.dir=$checkpoints" \
        -D "jobmanager.rpc.address=127.0.0.1:$control_port" \
        -D "taskmanager.numberOfTaskSlots=$slots" \
        -D "taskmanager.memory.process.size=${CLUSTER_MEMORY:-512m}" \
        -D "io.tmp.dirs=$folder/$name" -D metrics.port=0 \
        "${s3_flags[@]}" >> "$folder/$name.log" 2>&1 &
    printf -v "pid_$name" '%s' $!
}

# wait_for_slots COUNT SECONDS: until so many slots are registered.
wait_for_slots() {
    local end=$((SECONDS + $2))
    until curl -sf "http://127.0.0.1:$rest_port/overview" 2>/dev/null \
        | grep -q "\"slots-total\":$1[,}]"; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.1
    done
}
