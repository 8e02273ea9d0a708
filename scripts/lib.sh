# shellcheck shell=bash
# What the scripts of this folder share. Read it with: . "$(dirname "$0")/lib.sh"
#
# A script that brings a tool ends with 0 when the tool is there, with 3 when it
# is not and cannot be brought on a person's machine (a loud SKIPPED), and with
# 1 when that happens under CI, where nothing may be left out.

# say prints a line for people; standard output is kept for answers.
say() { printf '%s\n' "$*" >&2; }

# missing ends the script because a tool is not there: missing WHAT HINT
missing() {
	if [ -n "${CI:-}" ]; then
		say "MISSING: $1. Under CI nothing may be left out. $2"
		exit 1
	fi
	say "SKIPPED: what needs $1, which is not on this machine. $2"
	exit 3
}

# rooted runs a command as root: at once for root, with sudo where sudo asks
# nothing, and not at all otherwise.
rooted() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
		sudo -n "$@"
	else
		return 1
	fi
}

# packages installs Debian packages: packages NAME...
packages() {
	command -v apt-get >/dev/null 2>&1 || return 1
	say "Installing: $*"
	local quick="-o Acquire::Retries=1 -o Acquire::http::Timeout=30 -o DPkg::Lock::Timeout=120"
	# The options are words of their own, so they stand without quotes.
	# shellcheck disable=SC2086
	{
		rooted env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $quick "$@" ||
			{
				rooted env DEBIAN_FRONTEND=noninteractive apt-get update -q $quick &&
					rooted env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $quick "$@"
			}
	} >&2
}
