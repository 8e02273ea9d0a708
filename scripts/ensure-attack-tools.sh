#!/usr/bin/env bash
# Sees that the attack tools are there that the attacks are made with: those of
# Debian, h2spec and csp_evaluator, each in a version that stands here or in a
# lock file. What cannot be brought is said, and the others go on.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
cd "$(dirname "$0")/.." || exit 1

h2spec=github.com/summerwind/h2spec/cmd/h2spec@v2.2.1+incompatible
lost=""

have() { command -v "$1" >/dev/null 2>&1 || [ -x ".tools/$1" ]; }

for pair in sqlmap:sqlmap wapiti:wapiti ffuf:ffuf slowhttptest:slowhttptest testssl:testssl.sh sslscan:sslscan dirb:dirb node:nodejs npm:npm; do
	have "${pair%%:*}" || packages "${pair#*:}" || true
	have "${pair%%:*}" || lost+=" ${pair%%:*}"
done

if ! have h2spec; then
	mkdir -p .tools
	GOBIN="$PWD/.tools" go install "$h2spec" >&2 || lost+=" h2spec"
fi

scripts/ensure-csp.sh || lost+=" csp_evaluator"

[ -z "$lost" ] || missing "attack tools:$lost" "Install them (Debian: apt-get install sqlmap wapiti ffuf slowhttptest testssl.sh sslscan dirb nodejs npm)."
