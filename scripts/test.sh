#!/usr/bin/env bash
# Runs every test there is: the program on both databases with the race
# detector, then the whole program in a real browser. Brings what is missing,
# starts one PostgreSQL for the run and ends it, whatever happens. What cannot
# run is said at the end; under CI it is a failure.
#
# TEST_POSTGRES=url   use this server (a superuser's URL) and start none
# E2E_SHOTS=folder    keep pictures of pages
set -uo pipefail
. "$(dirname "$0")/lib.sh"
cd "$(dirname "$0")/.." || exit 1

work=$(mktemp -d -t "nysreferral-test.XXXXXX")
server=""
results=""
failed=0

finish() {
	local code=$?
	trap - EXIT INT TERM
	if [ -n "$server" ]; then
		scripts/postgres.sh stop "$server" || true
	fi
	rm -rf "$work"
	exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# note keeps a line for the end: note RESULT SECONDS STAGE
note() { results+=$(printf '%-8s %5ss  %s' "$1" "$2" "$3")$'\n'; }

# stage runs a command, shows and times it: stage NAME COMMAND...
stage() {
	local name=$1 began=$SECONDS
	shift
	printf '\n== %s\n' "$name"
	if "$@"; then
		note ok $((SECONDS - began)) "$name"
	else
		note FAILED $((SECONDS - began)) "$name"
		failed=1
		return 1
	fi
}

# bring runs a script that brings a tool; its answer is in $answer. A tool that
# stays away is told at the end: bring WHAT SCRIPT
bring() {
	local began=$SECONDS code=0
	answer=$("scripts/$2.sh") || code=$?
	case $code in
	0) return 0 ;;
	3) note SKIPPED $((SECONDS - began)) "$1 is not on this machine" ;;
	*) note FAILED $((SECONDS - began)) "$1 is not on this machine"; failed=1 ;;
	esac
	return 1
}

# tests runs the tests of the module in the folder it is called in: tests ARGS...
tests() { go test -json "$@" 2>&1 | "$work/summary"; }

in_folder() { (cd "$1" && shift && "$@"); }

go build -C tools -o "$work/summary" ./summary || exit 1

race=""
if bring "a C compiler (race detector)" ensure-cc; then race=-race; fi

# What asks nothing of the machine comes first, so that a slip is seen at once.
# It looks at the packages as they are compiled for the tests, so that nothing
# is compiled twice.
stage "format and vet" env VET_FLAGS="$race" scripts/check.sh quick
stage "generated code is fresh" scripts/check.sh generated
stage "tests of the tools" in_folder tools tests ./...

bring "poppler and qpdf" ensure-pdf-tools || true
bring "exiftool and clamd" ensure-file-tools || true
bring "csp_evaluator" ensure-csp || true
if bring "versitygw (S3)" ensure-s3; then export TEST_S3=$answer; fi
if [ -z "${TEST_POSTGRES:-}" ] && bring "PostgreSQL" ensure-postgres; then
	server=$(mktemp -d -t "nysreferral-pg.XXXXXX")
	if TEST_POSTGRES=$(scripts/postgres.sh start "$answer" "$server"); then
		export TEST_POSTGRES
	else
		note FAILED 0 "starting PostgreSQL"
		failed=1
		unset TEST_POSTGRES
	fi
fi

# The packages first, for both databases; -p 2 keeps memory in hand, since
# each package with the race detector takes some hundred megabytes.
stage "packages, both databases${race:+, race detector}" tests $race -p 2 -timeout 30m ./...

if bring "SoftHSM" ensure-softhsm; then
	stage "keys on a token, PKCS#11" tests -tags pkcs11 ./hsm
fi

browser=yes
if bring "Chromium" ensure-chromium; then export CHROMIUM=$answer; else browser=""; fi
bring "axe-core" ensure-axe || browser=""
if [ -n "$browser" ] && stage "build the program${race:+ with the race detector}" go build $race -o "$work/nysreferral" ./cmd/nysreferral; then
	export E2E_PROGRAM=$work/nysreferral
	stage "whole program in a browser" in_folder e2e tests -count=1 -timeout 30m ./...
fi

printf '\n== Summary (%s s)\n%s' "$SECONDS" "$results"
if [ "$failed" -ne 0 ]; then
	echo "FAILED"
	exit 1
fi
case $results in
*SKIPPED*) echo "PASSED, but not everything ran: see SKIPPED above" ;;
*) echo "PASSED" ;;
esac
