#!/usr/bin/env bash
# Measures what the program promises, each number beside something plain that is
# measured in the same run: bench.sh [MEASUREMENT...] (see docs/performance.md).
# A name that begins with Benchmark runs those benchmarks of the packages instead.
set -euo pipefail
cd "$(dirname "$0")/.."

# A PostgreSQL of its own that waits for the disk.
export POSTGRES_DURABLE=1
case "${1:-}" in
Benchmark*) exec scripts/with-postgres.sh go test -p 1 -run '^$' -bench "$1" -benchmem -timeout 60m ./... ;;
esac
CHROMIUM=$(scripts/ensure-chromium.sh) || CHROMIUM=""
export CHROMIUM
exec scripts/with-postgres.sh go run ./bench "$@"
