#!/usr/bin/env bash
# A private PostgreSQL cluster on a loopback port, for the tests.
#
#   .ci/postgres.sh start FOLDER PORT     makes and starts it; prints DONOR_REGISTRY_TEST_PG=URL
#   .ci/postgres.sh stop FOLDER           stops it
#   .ci/postgres.sh with COMMAND...       starts one, runs the command with DONOR_REGISTRY_TEST_PG set, stops and removes it
#
# By hand:  .ci/postgres.sh with cargo test --test it -- --ignored postgresql
set -euo pipefail

die() { printf '.ci/postgres.sh: %s\n' "$*" >&2; exit 2; }

# Debian keeps the server's programs out of PATH.
programs() {
    local newest
    newest=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
    [ -n "$newest" ] || newest=$(dirname "$(command -v initdb || die "PostgreSQL is not installed (Debian: apt-get install postgresql)")")
    echo "$newest"
}

# PostgreSQL refuses to run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        (cd / && "$@")
    fi
}

start() {
    local folder=$1 port=$2 bin
    bin=$(programs)
    mkdir -p "$folder"
    [ "$(id -u)" = 0 ] && chown postgres "$folder"
    as_postgres "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$folder.initdb.log" 2>&1 ||
        { tail "$folder.initdb.log" >&2; die "initdb failed"; }
    # fsync is off because a machine that loses power loses the whole cluster anyway; commits stay visible to a killed client's successor.
    as_postgres "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 \
        -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$folder -c fsync=off -c max_connections=200" start >/dev/null ||
        { tail "$folder/log" >&2; die "PostgreSQL did not start"; }
    echo "DONOR_REGISTRY_TEST_PG=postgres://postgres@127.0.0.1:$port/postgres"
}

stop() {
    [ -f "$1/data/postmaster.pid" ] || return 0
    as_postgres "$(programs)/pg_ctl" -D "$1/data" -m immediate -w stop >/dev/null 2>&1
}

with() {
    local port status=0
    # Global: the trap outlives this function.
    scratch=$(mktemp -d "${TMPDIR:-/tmp}/donor-registry-pg.XXXXXX")
    # The database runs as a user of its own and must reach its folder.
    chmod 711 "$scratch"
    trap 'stop "$scratch/pg"; rm -rf "$scratch"' EXIT
    for port in $(shuf -i 20000-49999 -n 100); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    export "$(start "$scratch/pg" "$port")"
    "$@" || status=$?
    return "$status"
}

case "${1:-}" in
    start) [ $# = 3 ] || die "start FOLDER PORT"; start "$2" "$3" ;;
    stop) [ $# = 2 ] || die "stop FOLDER"; stop "$2" ;;
    with) [ $# -ge 2 ] || die "with COMMAND..."; shift; with "$@" ;;
    *) die "start FOLDER PORT, stop FOLDER, or with COMMAND..." ;;
esac
