#!/usr/bin/env bash
# Sees that the judge of content security policies is there, in the version and
# with the checksum that attacks/package-lock.json says.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$(dirname "$0")/../attacks"

pinned=$(sed -n 's/.*"csp_evaluator": "\([0-9.]*\)".*/\1/p' package.json)
have() { command -v node >/dev/null 2>&1 && grep -q "\"version\": \"$pinned\"" node_modules/csp_evaluator/package.json 2>/dev/null; }

have && exit 0
command -v npm >/dev/null 2>&1 || packages npm || true
if command -v npm >/dev/null 2>&1; then
	npm ci --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund >&2 || true
fi
have || missing "csp_evaluator $pinned" "Run npm ci --ignore-scripts in attacks/."
