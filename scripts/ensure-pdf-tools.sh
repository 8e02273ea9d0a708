#!/usr/bin/env bash
# Sees that the tools that read PDFs back are there: pdftotext, pdftoppm, qpdf.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

have() { command -v pdftotext >/dev/null && command -v pdftoppm >/dev/null && command -v qpdf >/dev/null; }

have && exit 0
packages poppler-utils qpdf || true
have || missing "pdftotext, pdftoppm and qpdf" "Install them (Debian: apt-get install poppler-utils qpdf)."
