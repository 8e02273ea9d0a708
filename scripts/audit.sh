#!/usr/bin/env bash
# Checks what the program is made of, from what lies here, without asking anybody.
#
#   scripts/audit.sh vulnerable     known weaknesses that the program's code reaches
#   scripts/audit.sh aged [LIST]    how old the list of weaknesses is; fails where it is older than 31 days
#   scripts/audit.sh dangerous      ways of writing that have led to weaknesses
#   scripts/audit.sh secrets        keys and passwords in the source
#   scripts/audit.sh reproducible   two builds in two places are the same bytes
#   scripts/audit.sh parts          what the program was built from, into bin/parts.txt and bin/sbom.cdx.json
#   scripts/audit.sh unit           the sandbox of the service, where systemd is
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$(dirname "$0")/.."

govulncheck=golang.org/x/vuln/cmd/govulncheck@v1.8.0
gosec=github.com/securego/gosec/v2/cmd/gosec@v2.29.0
gitleaks=github.com/zricethezav/gitleaks/v8@v8.30.1

# tool builds a tool into .tools unless it is there in that version.
tool() {
	local name=$1 at=$2
	if ! go version -m ".tools/$name" 2>/dev/null | grep -qE "mod[[:space:]]+${at%%@*}|path[[:space:]]+${at%%@*}" ||
		! go version -m ".tools/$name" | grep -qF "${at##*@}"; then
		mkdir -p .tools
		GOBIN="$PWD/.tools" go install "$at"
	fi
}

# The list of weaknesses lies in tools/vulndb.tar.xz. It holds no date of its own: what
# it knows is told by its newest number, and its day is the one on which it was packed,
# as the archive has it.
weaknesses=tools/vulndb.tar.xz
oldest=31 # days: SECURITY.md says that a newer one is brought each month

# aged says how old the list is, and fails where it is too old: aged [LIST]
aged() {
	local list=${1:-$weaknesses} packed days
	packed=$(TZ=UTC tar -tvf "$list" --full-time | awk '{ print $4 "T" $5 "Z" }' | sort | tail -n 1)
	[ -n "$packed" ] || { say "$list holds nothing, or is no list"; return 1; }
	days=$((($(date -u +%s) - $(date -u -d "$packed" +%s)) / 86400))
	if [ "$days" -lt 0 ]; then
		say "The list of known weaknesses is of ${packed%T*}, which is still to come: it cannot be told how old it is."
		return 1
	fi
	if [ "$days" -gt "$oldest" ]; then
		say "TOO OLD: the list of known weaknesses is of ${packed%T*}, $days days ago. What became known since is not found: bring a newer $list, at most $oldest days old."
		return 1
	fi
	say "Weaknesses known on ${packed%T*}, $days days ago; the list is too old after $oldest."
}

# vulnerable asks the list, and fails also where it is too old to be asked.
vulnerable() {
	local dir old=""
	tool govulncheck "$govulncheck"
	dir=$(mktemp -d -t nysreferral-weak.XXXXXX)
	# shellcheck disable=SC2064
	trap "rm -rf '$dir'" EXIT
	tar -xJf "$weaknesses" -C "$dir"
	say "$(find "$dir/vdb/ID" -name 'GO-*.json' | wc -l) weaknesses are known here, the newest is $(basename "$(find "$dir/vdb/ID" -name 'GO-*.json' | sort -V | tail -1)" .json)."
	aged || old=yes
	.tools/govulncheck -db "file://$dir/vdb" ./...
	[ -z "$old" ] || { aged || true; return 1; } # once more, below everything else
}

# What gosec finds must stand in tools/gosec.txt with a reason, and what stands
# there must be found: the planted flaws of the attacks show that it bites.
dangerous() {
	local found
	tool gosec "$gosec"
	found=$(mktemp -t nysreferral-gosec.XXXXXX)
	# shellcheck disable=SC2064
	trap "rm -f '$found'" EXIT
	.tools/gosec -quiet -exclude-generated -exclude-dir=ent -exclude-dir=node_modules -fmt=json -out="$found" ./... >&2 || true
	go run -C tools ./accepted -list "$PWD/tools/gosec.txt" -root "$PWD" "$found"
}

secrets() {
	tool gitleaks "$gitleaks"
	.tools/gitleaks dir . --no-banner --redact --config tools/gitleaks.toml
}

# build makes the program as it ships, but for the commit that a checkout stamps it with: from a copy of the
# source, and with a cache of its own.
build() {
	mkdir -p "$1/src" "$1/cache"
	git ls-files -z | tar --null -T - -cf - | tar -xf - -C "$1/src"
	GOFLAGS=-mod=readonly GOCACHE="$1/cache" make -s -C "$1/src" build >&2
	sha256sum "$1/src/bin/nysreferral" | cut -d' ' -f1
}

reproducible() {
	local dir one two
	dir=$(mktemp -d -t nysreferral-twice.XXXXXX)
	# shellcheck disable=SC2064
	trap "rm -rf '$dir'" EXIT
	one=$(build "$dir/one")
	two=$(build "$dir/another/place")
	say "$one"
	if [ "$one" != "$two" ]; then
		say "Two builds differ: $two"
		return 1
	fi
}

parts() {
	make -s build
	go version -m bin/nysreferral >bin/parts.txt
	go mod verify
	go run -C tools ./sbom "$PWD/bin/nysreferral" >bin/sbom.cdx.json
	say "$(grep -c '	dep	' bin/parts.txt) modules, in bin/parts.txt and bin/sbom.cdx.json"
}

unit() {
	if ! command -v systemd-analyze >/dev/null; then
		say "SKIPPED: systemd-analyze is not here; the sandbox was not judged"
		return 0
	fi
	local file
	for file in deploy/*.service; do
		systemd-analyze security --offline=true --threshold=20 "$file" | tail -1
	done
}

case "${1:-}" in
vulnerable | dangerous | secrets | reproducible | parts | unit) "$1" ;;
aged) aged "${2:-}" ;;
*) say "usage: scripts/audit.sh vulnerable | aged [LIST] | dangerous | secrets | reproducible | parts | unit"; exit 2 ;;
esac
