#!/usr/bin/env bash
# A PostgreSQL for one run of the tests: in a folder of its own, on a free port
# of the loopback, under a password of its own, never as root.
#
#   scripts/postgres.sh start BIN DIR   starts it; prints the superuser's URL
#   scripts/postgres.sh again DIR       starts it anew after it was killed, on the same port
#   scripts/postgres.sh stop DIR        ends it, by the number of its process, and removes DIR
#
# POSTGRES_DURABLE=1   it waits for the disk, as a real one does: for measurements
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# unprivileged runs a command as somebody who is not root.
unprivileged() {
	if [ "$(id -u)" -ne 0 ]; then
		"$@"
		return
	fi
	setpriv --reuid="$(owner)" --regid="$(id -g "$(owner)")" --clear-groups --no-new-privs -- env HOME="$dir" "$@"
}

# owner is who owns the folder when root starts the server.
owner() { if id postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi; }

start() {
	local bin=$1 password port
	password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	mkdir -p "$dir"
	chmod 700 "$dir"
	printf '%s\n' "$password" >"$dir/password"
	if [ "$(id -u)" -eq 0 ]; then
		chown -R "$(owner)" "$dir"
	fi
	(cd "$dir" && unprivileged "$bin/initdb" -D "$dir/data" -U postgres --pwfile="$dir/password" \
		--auth=scram-sha-256 --encoding=UTF8 --no-locale --no-sync >"$dir/initdb.log" 2>&1) ||
		{ cat "$dir/initdb.log" >&2; return 1; }
	cat >>"$dir/data/postgresql.conf" <<-CONF
		listen_addresses = '127.0.0.1'
		unix_socket_directories = ''
		max_connections = 300
		shared_buffers = '128MB'
		max_wal_size = '2GB'
		logging_collector = off
	CONF
	# A power cut during a test run loses nothing that anybody wants back, so
	# nothing is flushed; what a test sees is the same.
	if [ -z "${POSTGRES_DURABLE:-}" ]; then
		cat >>"$dir/data/postgresql.conf" <<-CONF
			fsync = off
			full_page_writes = off
			synchronous_commit = off
		CONF
	fi
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
		if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
			continue # somebody listens there
		fi
		if (cd "$dir" && unprivileged "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -o "-p $port" -w -t 60 start >"$dir/start.log" 2>&1); then
			echo "$port" >"$dir/port"
			echo "postgres://postgres:$password@127.0.0.1:$port/postgres?sslmode=disable"
			return 0
		fi
	done
	cat "$dir/start.log" "$dir/server.log" >&2
	return 1
}

# again waits until what the killed server left behind has ended.
again() {
	local opts
	opts=$(cat "$dir/data/postmaster.opts")
	bin=$(dirname "${opts%% *}")
	for _ in $(seq 100); do
		if (cd "$dir" && unprivileged "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -o "-p $(cat "$dir/port")" -w -t 60 start >"$dir/start.log" 2>&1); then
			return 0
		fi
		sleep 0.1
	done
	cat "$dir/start.log" >&2
	return 1
}

stop() {
	local pid
	if [ -s "$dir/data/postmaster.pid" ]; then
		pid=$(head -n 1 "$dir/data/postmaster.pid")
		kill -INT "$pid" 2>/dev/null || true
		for _ in $(seq 100); do
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.1
		done
		if kill -0 "$pid" 2>/dev/null; then
			kill -QUIT "$pid" 2>/dev/null || true
			sleep 1
		fi
	fi
	rm -rf "$dir"
}

case "${1:-}" in
start) dir=$3; start "$2" ;;
again) dir=$2; again ;;
stop) dir=$2; stop ;;
*) say "usage: scripts/postgres.sh start BIN DIR | again DIR | stop DIR"; exit 2 ;;
esac
