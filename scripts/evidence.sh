#!/usr/bin/env bash
# Proves what the program claims about security, claim by claim, on both databases,
# and writes bin/evidence.md: evidence.sh [WORD]. What is missing on this machine is
# skipped and said; under CI that is a failure.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$(dirname "$0")/.."

for tool in pdf-tools file-tools s3; do
	"scripts/ensure-$tool.sh" >/dev/null || say "What needs $tool is skipped."
done
mkdir -p .tools
go build -C tools -o "$PWD/.tools/evidence" ./evidence
exec scripts/with-postgres.sh .tools/evidence -only "${1:-}"
