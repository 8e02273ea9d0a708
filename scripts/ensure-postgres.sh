#!/usr/bin/env bash
# Prints the folder of PostgreSQL's server programs; brings them when they are
# not there. The newest version that is found is taken.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

find_server() {
	local dir
	# shellcheck disable=SC2012 # the folders have plain names
	for dir in $(ls -d /usr/lib/postgresql/*/bin /usr/local/pgsql/bin /opt/homebrew/opt/postgresql*/bin 2>/dev/null | sort -rV); do
		if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then
			echo "$dir"
			return 0
		fi
	done
	if command -v initdb >/dev/null 2>&1 && command -v postgres >/dev/null 2>&1; then
		dirname "$(command -v initdb)"
		return 0
	fi
	return 1
}

find_server && exit 0
packages postgresql-15 || packages postgresql || true
find_server || missing "PostgreSQL" "Install it (Debian: apt-get install postgresql-15), or set TEST_POSTGRES to a superuser's URL."
