#!/usr/bin/env bash
# Runs the measurements of all packages, one package at a time: bench.sh [BENCHMARK]
set -euo pipefail
cd "$(dirname "$0")/.."
exec scripts/with-postgres.sh go test -p 1 -run '^$' -bench "${1:-.}" -benchmem -timeout 60m ./...
