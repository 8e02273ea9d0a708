#!/usr/bin/env bash
# Sees that a C compiler is there, which the race detector needs. The program
# itself is built without one.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

have() { command -v "$(go env CC)" >/dev/null; }

have && exit 0
packages gcc libc6-dev || true
have || missing "a C compiler" "Install one (Debian: apt-get install gcc libc6-dev)."
