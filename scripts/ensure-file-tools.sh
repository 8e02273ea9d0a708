#!/usr/bin/env bash
# Sees that the tools are there that look at files as others do: exiftool, which
# reads what is written beside a picture, and clamd, which knows what does harm.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

have() { command -v exiftool >/dev/null && command -v clamd >/dev/null; }

have && exit 0
packages libimage-exiftool-perl clamav-daemon || true
have || missing "exiftool and clamd" "Install them (Debian: apt-get install libimage-exiftool-perl clamav-daemon)."
