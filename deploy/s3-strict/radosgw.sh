#!/usr/bin/env bash
# Starts a Ceph cluster of one node with RadosGW in a temporary folder, makes a user and a bucket,
# runs a command with APUS_S3_* set, and stops everything. Usage: radosgw.sh COMMAND [ARGUMENT]...
# Objects are kept in memory, at most APUS_CEPH_BYTES=4294967296.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
python=$here/../../.build/python/bin/python
folder=$(mktemp -d /tmp/apus-ceph-XXXXXX)
bucket=apus-strict
access_key=apusstrictaccess
secret_key=apusstrictsecret+/=0123456789
pids=()

for program in ceph-mon ceph-mgr ceph-osd radosgw radosgw-admin; do
    command -v "$program" >/dev/null || {
        echo "$program is missing: apt-get install ceph-mon ceph-mgr ceph-osd radosgw" >&2
        exit 1
    }
done

stop() {
    status=$?
    trap - EXIT INT TERM
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    for _ in $(seq 50); do
        alive=0
        for pid in "${pids[@]}"; do kill -0 "$pid" 2>/dev/null && alive=1; done
        [ $alive -eq 0 ] && break
        sleep 0.1
    done
    for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
    if [ $status -ne 0 ]; then
        for log in "$folder"/*.log; do
            [ -s "$log" ] && { echo "== $log" >&2; tail -n 15 "$log" >&2; }
        done
    fi
    rm -rf "$folder"
    exit $status
}
trap stop EXIT INT TERM

free_port() {
    python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

mon_port=$(free_port)
port=$(free_port)
fsid=$(python3 -c 'import uuid; print(uuid.uuid4())')
export CEPH_CONF=$folder/ceph.conf
cat >"$CEPH_CONF" <<END
[global]
fsid = $fsid
mon initial members = a
mon host = [v2:127.0.0.1:$mon_port/0]
public addr = 127.0.0.1
keyring = $folder/keyring
run dir = $folder
admin socket = $folder/\$name.asok
log file = $folder/\$name.log
pid file =
crash dir = $folder
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = ${APUS_CEPH_BYTES:-4294967296}
mon warn on pool no redundancy = false
mon allow pool size one = true
mon data = $folder/mon
mon data avail crit = 1
mgr data = $folder/mgr
osd data = $folder/osd
osd journal = $folder/osd/journal
osd max object name len = 4096
osd max object namespace len = 256
rgw frontends = beast endpoint=127.0.0.1:$port
rgw thread pool size = 32
rgw dns name = localhost
rgw data = $folder/rgw

[client.rgw]
keyring = $folder/keyring
END
mkdir "$folder"/{mon,mgr,osd,rgw}
for name in mon. client.admin mgr.a osd.0 client.rgw; do
    ceph-authtool $([ -e "$folder/keyring" ] || echo --create-keyring) "$folder/keyring" \
        --gen-key -n $name --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *' >/dev/null
done

echo "Starting Ceph in $folder"
# Ceph names its daemons itself; as root it would stay root.
monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$mon_port]" \
    --set-min-mon-release pacific "$folder/monmap" >/dev/null
ceph-mon --mkfs -i a --mon-data "$folder/mon" --monmap "$folder/monmap" \
    --keyring "$folder/keyring" >"$folder/mon.mkfs.log" 2>&1
ceph-mon -f -i a --mon-data "$folder/mon" >"$folder/mon.out.log" 2>&1 &
pids+=($!)
timeout 60 sh -c 'until timeout 5 ceph -s >/dev/null 2>&1; do sleep 0.2; done'
ceph-mgr -f -i a >"$folder/mgr.out.log" 2>&1 &
pids+=($!)
osd=$(timeout 20 ceph osd create 2>/dev/null)
ceph-osd -i "$osd" --mkfs >"$folder/osd.mkfs.log" 2>&1
ceph-osd -f -i "$osd" >"$folder/osd.out.log" 2>&1 &
pids+=($!)
timeout 60 sh -c 'until ceph osd stat 2>/dev/null | grep -q " 1 up"; do sleep 0.2; done'
radosgw -f --name client.rgw >"$folder/rgw.out.log" 2>&1 &
pids+=($!)
timeout 120 sh -c "until python3 -c 'import urllib.request as u; u.urlopen(\"http://127.0.0.1:$port\")' 2>/dev/null; do sleep 0.5; done"
timeout 60 radosgw-admin --name client.rgw user create --uid apus --display-name apus \
    --access-key "$access_key" --secret-key "$secret_key" >/dev/null 2>"$folder/user.log"

export APUS_S3_ENDPOINT=http://127.0.0.1:$port
export APUS_S3_ACCESS_KEY=$access_key
export APUS_S3_SECRET_KEY=$secret_key
export APUS_S3_BUCKET=$bucket
"$python" - <<END
import boto3
boto3.client(
    "s3", endpoint_url="$APUS_S3_ENDPOINT", region_name="us-east-1",
    aws_access_key_id="$access_key", aws_secret_access_key="$secret_key",
).create_bucket(Bucket="$bucket")
END
echo "RadosGW $(radosgw --version | cut -d' ' -f3) answers at $APUS_S3_ENDPOINT"
"$@"
