#!/usr/bin/env bash
# Runs the commands of the documents: every ```bash block of README.md and docs/*.md that follows a
# line <!-- run -->, with jobctl on the PATH.
#
#   deploy/check-docs.sh [FILE...]     (or: make check-docs, which builds first)
#
# The blocks of one document run in order in one temporary folder, each in a shell of its own with
# set -euo pipefail. The first command of a block that fails, fails it: its output is shown with the
# document and line where the block begins.
#
#   JOBCTL            the program; .build/release/jobctl by default
#   CHECK_SECONDS=60  how long a block may take
#
# Exit code: 0 when all blocks succeed, 1 otherwise.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobctl=${JOBCTL:-$root/.build/release/jobctl}
[ -x "$jobctl" ] || { echo "There is no $jobctl: run 'make build' first." >&2; exit 1; }

folder=$(mktemp -d "${TMPDIR:-/tmp}/apus-docs.XXXXXX")
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/bin"
ln -s "$(realpath "$jobctl")" "$folder/bin/jobctl"
PATH="$folder/bin:$PATH"

documents=("$@")
[ $# -gt 0 ] || documents=("$root/README.md" "$root"/docs/*.md)

# extract DOCUMENT FOLDER: writes each marked block to FOLDER/<line of its first command>.sh.
extract() {
    awk -v folder="$2" '
        /^<!-- run -->$/ { marked = NR; next }
        marked && /^```bash$/ { inside = 1; marked = 0; file = folder "/" NR + 1 ".sh"; printf "" > file; next }
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
