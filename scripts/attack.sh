#!/usr/bin/env bash
# Turns attack tools on the running program and on planted flaws:
# attack.sh [TOOL...], all of them without a name. Loopback only.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$(dirname "$0")/.."

code=0
scripts/ensure-attack-tools.sh || code=$?
[ "$code" -eq 0 ] || [ "$code" -eq 3 ] || exit "$code"
exec go run ./attacks "$@"
