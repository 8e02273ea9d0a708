#!/usr/bin/env bash
# Checks what the program is made of, from what lies here, without asking anybody.
#
#   scripts/audit.sh vulnerable     known weaknesses that the program's code reaches
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

# The database of weaknesses lies in tools/vulndb.tar.xz. No date stands in it, so
# what it knows is told by its newest number, and how old it is by when it was
# brought.
vulnerable() {
	local dir
	tool govulncheck "$govulncheck"
	dir=$(mktemp -d -t nysreferral-weak.XXXXXX)
	# shellcheck disable=SC2064
	trap "rm -rf '$dir'" EXIT
	tar -xJf tools/vulndb.tar.xz -C "$dir"
	say "$(find "$dir/vdb/ID" -name 'GO-*.json' | wc -l) weaknesses are known here, the newest is $(basename "$(find "$dir/vdb/ID" -name 'GO-*.json' | sort -V | tail -1)" .json)." \
		"The list was brought on $(git log -1 --format=%cs -- tools/vulndb.tar.xz); bring a newer tools/vulndb.tar.xz after a month."
	.tools/govulncheck -db "file://$dir/vdb" ./...
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

# build makes the program from a copy of the source, with a cache of its own.
build() {
	mkdir -p "$1/src" "$1/cache"
	git ls-files -z | tar --null -T - -cf - | tar -xf - -C "$1/src"
	(cd "$1/src" && CGO_ENABLED=0 GOFLAGS=-mod=readonly GOCACHE="$1/cache" go build -trimpath -buildvcs=false -ldflags='-s -w -buildid=' -o "$1/nysreferral" ./cmd/nysreferral)
	sha256sum "$1/nysreferral" | cut -d' ' -f1
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
*) say "usage: scripts/audit.sh vulnerable | dangerous | secrets | reproducible | parts | unit"; exit 2 ;;
esac
