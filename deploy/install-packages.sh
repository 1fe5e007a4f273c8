#!/usr/bin/env bash
# Installs what Apus builds against and what its tests and demo run; does nothing when all is there.
set -euo pipefail

packages=(
    build-essential pkg-config tzdata
    librocksdb-dev liblz4-dev libpq-dev libpcre2-dev
    postgresql-15 postgresql-client-15
    python3 python3-venv
    curl iproute2 openssl procps
)
# `--ceph` adds the Ceph that `make test-s3-strict` runs.
[ "${1:-}" = --ceph ] && packages+=(ceph-mon ceph-mgr ceph-osd radosgw)

# The S3 server of the tests is a Python package; it lives in the build folder.
python=$(cd "$(dirname "$0")/.." && pwd)/.build/python
moto=5.2.5
install_moto() {
    [ -d "$python"/lib/python3*/site-packages/moto-$moto.dist-info ] && return
    echo "Installing: moto $moto"
    # Debian's own Python: another one on the path may lack what a virtual environment needs.
    [ -x "$python/bin/pip" ] || /usr/bin/python3 -m venv --clear "$python"
    "$python/bin/pip" install --quiet --disable-pip-version-check "moto[server]==$moto" boto3
}

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' \
        || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
    install_moto
    exit 0
fi

echo "Installing: ${missing[*]}"
run=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "These packages are missing: ${missing[*]}" >&2
        echo "Install them as root: apt-get install ${missing[*]}" >&2
        exit 1
    }
    run=(sudo)
fi
# The servers are started by tests and the demo themselves, in folders of their own.
"${run[@]}" mkdir -p /etc/postgresql-common
"${run[@]}" sh -c 'grep -qs create_main_cluster /etc/postgresql-common/createcluster.conf ||
    echo "create_main_cluster = false" >> /etc/postgresql-common/createcluster.conf'
"${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
"${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null
install_moto
