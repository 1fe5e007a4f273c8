#!/usr/bin/env bash
# Measures a cluster of real processes on this machine, one benchmark after the other.
#
#   Benchmarks/Cluster/run.sh [idle|scaling|checkpoints|recovery|rescale]...
#
# (or: make bench-cluster, which builds first; PIECES='recovery rescale' picks some)
#
# Each piece is a script with knobs of its own, see its head; all of them take those of cluster.sh.
# Exit code: 1 when a piece failed or missed its budget.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
pieces=("$@")
[ $# -gt 0 ] || pieces=(idle scaling checkpoints recovery rescale)
for piece in "${pieces[@]}"; do
    case $piece in
        idle | scaling | checkpoints | recovery | rescale) ;;
        *) echo "'$piece' is none of idle, scaling, checkpoints, recovery, rescale." >&2; exit 2 ;;
    esac
done
failed=0
for piece in "${pieces[@]}"; do
    "$here/$piece.sh" || failed=1
    echo
done
exit $failed
