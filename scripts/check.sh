#!/usr/bin/env bash
# Checks the source without running the program.
#
#   scripts/check.sh quick       format, vet
#   scripts/check.sh static      staticcheck, in the version that tools/go.mod pins
#   scripts/check.sh generated   generated code is what its sources say
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$(dirname "$0")/.."

# sources lists the Go files that people write, also those not committed yet.
sources() {
	git ls-files -co --exclude-standard -- '*.go' | while read -r f; do
		[ -f "$f" ] && echo "$f"
	done
}

quick() {
	local unformatted
	unformatted=$(sources | xargs gofmt -l)
	if [ -n "$unformatted" ]; then
		say "Not formatted; run gofmt -w on:"
		say "$unformatted"
		return 1
	fi
	# The flags are words of their own, so they stand without quotes.
	# shellcheck disable=SC2086
	go vet ${VET_FLAGS:-} ./...
	(cd e2e && go vet ./...)
	(cd tools && go vet ./...)
}

static() {
	mkdir -p .tools
	go build -C tools -o "$PWD/.tools/staticcheck" honnef.co/go/tools/cmd/staticcheck
	.tools/staticcheck ./...
	(cd e2e && ../.tools/staticcheck ./...)
	(cd tools && ../.tools/staticcheck ./...)
}

# generated makes all generated code anew in a copy and compares, so that the
# working tree stays as it is.
generated() {
	local copy
	copy=$(mktemp -d -t "nysreferral-generated.XXXXXX")
	# The folder is read now, since the variable is gone when the trap runs.
	# shellcheck disable=SC2064
	trap "rm -rf '$copy'" EXIT
	git ls-files -co --exclude-standard -z | while IFS= read -r -d '' f; do
		[ -f "$f" ] && printf '%s\0' "$f"
	done | tar --null -T - -cf - | tar -xf - -C "$copy"
	cp -r "$copy" "$copy.made"
	# shellcheck disable=SC2064
	trap "rm -rf '$copy' '$copy.made'" EXIT
	make -s -C "$copy.made" generate
	if ! diff -rq "$copy" "$copy.made" >&2; then
		say "Generated code is not what its sources say. Run: make generate"
		return 1
	fi
}

case "${1:-}" in
quick | static | generated) "$1" ;;
*) say "usage: scripts/check.sh quick | static | generated"; exit 2 ;;
esac
