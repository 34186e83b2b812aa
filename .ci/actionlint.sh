#!/usr/bin/env bash
# actionlint over the workflows, where Go is installed. It is built once, into a cache folder of its own.
# Says so when it cannot run. What it would find in scripts needs shellcheck beside it.
set -euo pipefail
cd "$(dirname "$0")/.."

version=v1.7.12
cache=${CONFORMANCE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/cv-courier-conformance}
install_seconds=${CONFORMANCE_INSTALL_SECONDS:-120}
PATH=$PATH:/usr/local/go/bin
program=$cache/bin/actionlint-$version

missing() { printf 'NOT RUN actionlint: %s\n' "$1"; exit 0; }

if [ ! -x "$program" ]; then
  command -v go >/dev/null || missing 'Go is not installed'
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$cache/bin"
  GOBIN=$work timeout "$install_seconds" go install "github.com/rhysd/actionlint/cmd/actionlint@$version" >"$work/log" 2>&1 ||
    { tail -n 3 "$work/log"; missing "the installation failed or took more than $install_seconds s (CONFORMANCE_INSTALL_SECONDS)"; }
  mv "$work/actionlint" "$program"
fi
"$program" -color=false
printf 'actionlint %s: no findings in %s workflows\n' "$version" "$(find .github/workflows -name '*.yml' | wc -l | tr -d ' ')"
