# PostgreSQL servers in a folder of their own, for scripts that source this file. They are started
# as the user postgres where root calls, since PostgreSQL refuses root.

if [ -z "${POSTGRES_BIN:-}" ]; then
    POSTGRES_BIN=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
fi

# Runs a command as the owner of the servers.
as_owner() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid=postgres --regid=postgres --init-groups "$@"
    else
        "$@"
    fi
}

# Prints a port of this machine that nobody listens on.
free_port() {
    local port
    while true; do
        port=$((20000 + RANDOM % 30000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
}

# start_server FOLDER PORT [SETTING=VALUE...]: makes a cluster with the superuser postgres, password
# apus-demo, and starts it.
start_server() {
    local folder=$1 port=$2
    shift 2
    mkdir -p "$folder"
    chmod 700 "$folder"
    [ "$(id -u)" -ne 0 ] || chown postgres: "$folder"
    as_owner sh -c 'cat > "$1/password"' sh "$folder" <<< 'apus-demo'
    as_owner "$POSTGRES_BIN/initdb" -D "$folder/data" -U postgres -A scram-sha-256 \
        --pwfile "$folder/password" --no-sync --locale C.UTF-8 -E UTF8 > /dev/null
    as_owner sh -c 'cat >> "$1/data/postgresql.conf"' sh "$folder" <<END
port = $port
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
full_page_writes = off
shared_buffers = '64MB'
max_wal_size = '2GB'
log_min_messages = 'warning'
$(printf '%s\n' "$@")
END
    as_owner "$POSTGRES_BIN/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w start \
        > /dev/null || {
        echo "PostgreSQL does not start:" >&2
        as_owner tail -n 5 "$folder/server.log" >&2
        return 1
    }
}

# stop_server FOLDER
stop_server() {
    [ -f "$1/data/postmaster.pid" ] || return 0
    as_owner "$POSTGRES_BIN/pg_ctl" -D "$1/data" -m immediate -w stop > /dev/null 2>&1 || true
}

# run_sql PORT DATABASE USER [psql options...]: SQL from standard input or -c, rows without frills.
run_sql() {
    local port=$1 database=$2 user=$3
    shift 3
    PGPASSWORD=apus-demo "$POSTGRES_BIN/psql" -XqAt -v ON_ERROR_STOP=1 \
        -h 127.0.0.1 -p "$port" -U "$user" -d "$database" "$@"
}
