#!/usr/bin/env bash
# Runs a command with a PostgreSQL of its own, whose superuser's URL is in
# TEST_POSTGRES and DEV_POSTGRES; without one, when there is none:
# with-postgres.sh COMMAND...
set -uo pipefail
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd)
server=""
finish() {
	local code=$?
	trap - EXIT INT TERM
	if [ -n "$server" ]; then
		"$here/postgres.sh" stop "$server" || true
	fi
	exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [ -z "${TEST_POSTGRES:-}" ]; then
	code=0
	bin=$("$here/ensure-postgres.sh") || code=$?
	case $code in
	0)
		server=$(mktemp -d -t "nysreferral-pg.XXXXXX")
		TEST_POSTGRES=$("$here/postgres.sh" start "$bin" "$server") || exit 1
		export TEST_POSTGRES POSTGRES_FOLDER=$server
		;;
	3) ;;
	*) exit "$code" ;;
	esac
fi
if [ -n "${TEST_POSTGRES:-}" ]; then
	export DEV_POSTGRES=$TEST_POSTGRES
fi
"$@"
