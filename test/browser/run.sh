#!/usr/bin/env bash
# The pages of `cadenza docs` and of `cadenza run --webhook-port` in a real browser. Writes "PASSED FAILED" to the file given as first argument.
set -uo pipefail
cd "$(dirname "$0")/../.."
report="${1:-/dev/null}"

find_browser() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [ -n "$name" ] && command -v "$name" >/dev/null; then
      CHROMIUM="$(command -v "$name")"
      export CHROMIUM
      return 0
    fi
  done
  return 1
}

install_browser() {
  local root=()
  if [ "$(id -u)" != 0 ]; then root=(sudo -n); fi
  command -v apt-get >/dev/null || return 1
  "${root[@]}" apt-get update -q >/dev/null &&
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium >/dev/null
}

if ! find_browser && ! { install_browser && find_browser; }; then
  if [ "${CI:-}" = true ]; then
    echo "FAILED: Chromium is not there and cannot be installed"
    echo "0 1" >"$report"
    exit 1
  fi
  echo "SKIPPED: the pages in a real browser (Chromium is not there and cannot be installed)"
  echo "0 0" >"$report"
  exit 0
fi
if [ ! -f dist/cadenza.js ]; then npm run --silent build || exit 1; fi
exec node test/browser/pages.mjs "$report" ${2:+"$2"}
