#!/usr/bin/env bash
# Sees that buildah is there, which builds images without a service of its own,
# and the certificates that go into one.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

have() { command -v buildah >/dev/null && [ -s /etc/ssl/certs/ca-certificates.crt ]; }

have && exit 0
packages buildah ca-certificates || true
have || missing "buildah" "Install it (Debian: apt-get install buildah ca-certificates)."
