#!/usr/bin/env bash
# The screen in a real terminal. Writes "PASSED FAILED" to the file given as first argument.
set -uo pipefail
cd "$(dirname "$0")/../.."
report="${1:-/dev/null}"

install_tmux() {
  local root=()
  if [ "$(id -u)" != 0 ]; then root=(sudo -n); fi
  command -v apt-get >/dev/null || return 1
  "${root[@]}" apt-get update -q >/dev/null &&
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends tmux >/dev/null
}

if ! command -v tmux >/dev/null && ! install_tmux; then
  if [ "${CI:-}" = true ]; then
    echo "FAILED: tmux is not there and cannot be installed"
    echo "0 1" >"$report"
    exit 1
  fi
  echo "SKIPPED: the screen in a real terminal (tmux is not there and cannot be installed)"
  echo "0 0" >"$report"
  exit 0
fi
if [ ! -f dist/cadenza.js ]; then npm run --silent build || exit 1; fi
exec node test/terminal/terminal.mjs "$report"
