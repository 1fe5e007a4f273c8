#!/usr/bin/env bash
# Runs the commands of the documents: every ```bash block of README.md and docs/*.md that follows a
# line <!-- run -->, with the programs on the PATH. A block after <!-- run: cluster --> wants a
# cluster: the first one starts what `make cluster` starts, and the export that this prints is done.
#
#   deploy/check-docs.sh [FILE...]     (or: make check-docs, which builds first)
#
# The blocks of one document run in order in one temporary folder, each in a shell of its own with
# set -euo pipefail. The first command of a block that fails, fails it: its output is shown with the
# document and line where the block begins.
#
#   APUS_BIN          the folder of the programs; .build/release by default
#   CHECK_SECONDS=60  how long a block may take, and a cluster to start
#
# Exit code: 0 when all blocks succeed, 1 otherwise.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export APUS_BIN=${APUS_BIN:-$root/.build/release}
APUS_BIN=$(realpath "$APUS_BIN")
for program in jobctl jobmanager taskmanager; do
    [ -x "$APUS_BIN/$program" ] && continue
    echo "There is no $APUS_BIN/$program: run 'make build' first." >&2
    exit 1
done

folder=$(mktemp -d "${TMPDIR:-/tmp}/apus-docs.XXXXXX")
cluster=''
clean_up() {
    if [ -n "$cluster" ]; then
        kill "$cluster" 2>/dev/null || true
        wait "$cluster" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
PATH="$APUS_BIN:$PATH"

# start_cluster: as `make cluster` does, with the environment that it asks for.
start_cluster() {
    local command end=$((SECONDS + ${CHECK_SECONDS:-60}))
    CLUSTER_FOLDER=$folder/cluster "$root/deploy/cluster/run.sh" > "$folder/cluster.txt" 2>&1 &
    cluster=$!
    until command=$(grep -m 1 '^  export ' "$folder/cluster.txt"); do
        if [ $SECONDS -ge $end ] || ! kill -0 $cluster 2>/dev/null; then
            echo 'FAILED  make cluster' >&2
            tail -n 20 "$folder/cluster.txt" >&2
            exit 1
        fi
        sleep 0.2
    done
    eval "$command"
}

documents=("$@")
[ $# -gt 0 ] || documents=("$root/README.md" "$root"/docs/*.md)

# extract DOCUMENT FOLDER: writes each marked block to FOLDER/<line of its first command>.sh, or to
# one that ends in .cluster.sh.
extract() {
    awk -v folder="$2" '
        /^<!-- run(: cluster)? -->$/ { marked = NR; kind = /cluster/ ? ".cluster" : ""; next }
        marked && /^```bash$/ {
            inside = 1
            marked = 0
            file = folder "/" NR + 1 kind ".sh"
            printf "" > file
            next
        }
        marked && NF {
            print FILENAME ":" marked ": a ```bash block must follow <!-- run -->" > "/dev/stderr"
            exit 1
        }
        inside && /^```$/ { inside = 0; close(file); next }
        inside { print > file }
        END { if (inside) { print FILENAME ": the last block does not end" > "/dev/stderr"; exit 1 } }
    ' "$1"
}

blocks=0 failures=0
for document in "${documents[@]}"; do
    name=${document#"$root/"}
    place=$folder/$(basename "$document" .md)
    mkdir -p "$place/blocks" "$place/work"
    extract "$document" "$place/blocks" || { failures=$((failures + 1)); continue; }
    for block in $(find "$place/blocks" -name '*.sh' | sort -V); do
        line=$(basename "$block" .sh)
        blocks=$((blocks + 1))
        status=0
        if [[ $line == *.cluster ]]; then
            line=${line%.cluster}
            [ -n "$cluster" ] || start_cluster
        fi
        (cd "$place/work" && timeout "${CHECK_SECONDS:-60}" bash -euo pipefail "$block") \
            > "$place/output" 2>&1 < /dev/null || status=$?
        if [ $status -eq 0 ]; then
            echo "ok      $name:$line"
            continue
        fi
        failures=$((failures + 1))
        echo "FAILED  $name:$line (exit code $status)"
        tail -n 20 "$place/output" | sed 's/^/        /'
    done
done

if [ $blocks -eq 0 ]; then
    echo "There are no blocks to run." >&2
    exit 1
fi
echo "$blocks blocks, $failures failures"
[ $failures -eq 0 ]
