#!/usr/bin/env bash
# Sees that SoftHSM is there, a token in software that speaks PKCS#11, and a C
# compiler for what speaks to it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

have() { command -v softhsm2-util >/dev/null && [ -e /usr/lib/softhsm/libsofthsm2.so ]; }

"$(dirname "$0")/ensure-cc.sh"
have && exit 0
packages softhsm2 || true
have || missing "SoftHSM" "Install it (Debian: apt-get install softhsm2)."
