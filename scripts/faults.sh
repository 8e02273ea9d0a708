#!/usr/bin/env bash
# Breaks the running program on purpose and looks whether it lost anything:
# faults.sh [FAULT...], all of them without a name.
set -euo pipefail
cd "$(dirname "$0")/.."

# A PostgreSQL of its own that waits for the disk, and that may be killed.
export POSTGRES_DURABLE=1
unset TEST_POSTGRES
PROXY=$(scripts/ensure-proxy.sh || true)
export PROXY
# The folder is known only inside.
# shellcheck disable=SC2016
exec scripts/with-postgres.sh bash -c 'exec go run ./faults -postgres "${POSTGRES_FOLDER:-}" -proxy "${PROXY:-}" "$@"' faults "$@"
