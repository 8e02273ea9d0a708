#!/usr/bin/env bash
# Writes the next migration of both databases from ent/schema: migration.sh NAME
set -euo pipefail
cd "$(dirname "$0")/.."
exec scripts/with-postgres.sh go run ./cmd/migration "$1"
