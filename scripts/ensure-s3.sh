#!/usr/bin/env bash
# Prints where versitygw is, a service that speaks S3 and keeps its objects in a
# folder; builds it into .tools, in the version that stands here, when it is not
# there.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$(dirname "$0")/.."

version=v1.8.0
module=github.com/versity/versitygw
at=$PWD/.tools/versitygw

have() { go version -m "$at" 2>/dev/null | grep -qE "mod[[:space:]]+$module[[:space:]]+$version"; }

if ! have; then
	mkdir -p .tools
	say "Building versitygw $version; the first time that takes some minutes."
	CGO_ENABLED=0 GOBIN=$PWD/.tools go install -trimpath "$module/cmd/versitygw@$version" >&2 || true
fi
have || missing "versitygw $version" "Run: GOBIN=\$PWD/.tools go install $module/cmd/versitygw@$version"
echo "$at"
