#!/usr/bin/env bash
# Runs the browser tests on a program built anew: e2e.sh [TEST] [FOLDER OF PICTURES]
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$(dirname "$0")/.."

CHROMIUM=$(scripts/ensure-chromium.sh)
export CHROMIUM
scripts/ensure-axe.sh
scripts/ensure-cc.sh
scripts/ensure-pdf-tools.sh
if [ -n "${2:-}" ]; then
	mkdir -p "$2"
	E2E_SHOTS=$(cd "$2" && pwd)
	export E2E_SHOTS
fi
cd e2e
exec ../scripts/with-postgres.sh go test -count=1 -timeout 30m -run "${1:-.}" ./...
