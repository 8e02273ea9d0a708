#!/usr/bin/env bash
# Prints the path of a Chromium; brings one when none is there.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

find_browser() {
	local name
	for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
		if [ -n "$name" ] && command -v "$name" 2>/dev/null; then
			return 0
		fi
	done
	return 1
}

find_browser && exit 0
packages chromium || true
find_browser || missing "Chromium" "Install it (Debian: apt-get install chromium), or set CHROMIUM to its path."
