#!/usr/bin/env bash
# Sees that the accessibility rules for the browser tests are there, in exactly
# the version and with the checksum that e2e/package-lock.json says.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$(dirname "$0")/../e2e"

# The version that package.json pins; there is one dependency.
pinned=$(sed -n 's/.*"axe-core": "\([0-9.]*\)".*/\1/p' package.json)
have() { grep -q "\"version\": \"$pinned\"" node_modules/axe-core/package.json 2>/dev/null && [ -s node_modules/axe-core/axe.min.js ]; }

have && exit 0
command -v npm >/dev/null 2>&1 || packages npm || true
if command -v npm >/dev/null 2>&1; then
	npm ci --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund >&2 || true
fi
have || missing "axe-core $pinned" "Run npm ci in e2e/."
