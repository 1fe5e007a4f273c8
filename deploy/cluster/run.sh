#!/usr/bin/env bash
# A local cluster: one job manager and two task managers, until Ctrl-C.
#
#   deploy/cluster/run.sh          (or: make cluster, which builds first)
#
# Knobs, as environment variables:
#   CLUSTER_SLOTS=2        slots of each task manager
#   CLUSTER_MEMORY=512m    memory of each task manager
#   CLUSTER_FOLDER         where checkpoints, state and logs go; a temporary folder by default
#   CLUSTER_STORE=folder   or: moto, for an S3 made by moto on this machine
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=${APUS_BIN:-$here/../../.build/release}
for program in jobmanager taskmanager jobctl; do
    [ -x "$bin/$program" ] || { echo "There is no $bin/$program: run 'make build' first." >&2; exit 1; }
done
folder=${CLUSTER_FOLDER:-$(mktemp -d "${TMPDIR:-/tmp}/apus-cluster.XXXXXX")}
mkdir -p "$folder"
. "$here/processes.sh"
read -r control_port rest_port store_port <<< "$(free_ports 3)"
slots=${CLUSTER_SLOTS:-2}
pid_moto=''

stop() {
    trap - EXIT INT TERM
    echo
    echo 'Stopping.'
    kill ${pid_one:-} ${pid_two:-} 2>/dev/null || true
    wait ${pid_one:-} ${pid_two:-} 2>/dev/null || true
    kill ${pid_leader:-} 2>/dev/null || true
    wait ${pid_leader:-} 2>/dev/null || true
    [ -z "$pid_moto" ] || kill "$pid_moto" 2>/dev/null || true
    echo "Logs and state are in $folder."
}
trap stop EXIT
trap 'exit 0' INT TERM

if [ "${CLUSTER_STORE:-folder}" = moto ]; then
    start_moto "$store_port"
    checkpoints=s3://apus/checkpoints
else
    checkpoints=file://$folder/checkpoints
fi

start_jobmanager leader
start_taskmanager one "$slots"
start_taskmanager two "$slots"
wait_for_slots $((2 * slots)) 30 || {
    echo 'The cluster did not come up; the end of the logs:' >&2
    tail -n 5 "$folder"/*.log >&2
    exit 1
}
cat <<TEXT
The cluster runs: 1 job manager, 2 task managers with $slots slots each.
  REST         http://127.0.0.1:$rest_port
  checkpoints  $checkpoints
  logs         $folder/*.log

Try:
  export APUS_JOBMANAGER=http://127.0.0.1:$rest_port
  $bin/jobctl taskmanagers
  $bin/jobctl submit job.sql --parallelism 2

Ctrl-C stops it.
TEXT
wait ${pid_leader}
