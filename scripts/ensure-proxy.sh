#!/usr/bin/env bash
# Prints where haproxy is, the proxy before several servers; brings it when it is
# not there, and leaves no service of it running.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

find_proxy() { PATH=$PATH:/usr/sbin command -v haproxy; }

find_proxy && exit 0
# A machine that runs tests has no use for the service that comes with it.
if [ ! -e /usr/sbin/policy-rc.d ] && rooted sh -c 'printf "#!/bin/sh\nexit 101\n" >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d' 2>/dev/null; then
	trap 'rooted rm -f /usr/sbin/policy-rc.d' EXIT
fi
packages haproxy || true
find_proxy || missing "haproxy" "Install it (Debian: apt-get install haproxy)."
