#!/usr/bin/env bash
# checkov over the packaged templates, where Python is installed: nothing but what .checkov.yaml accepts with a reason.
# Installs it once, into a cache folder of its own. Says so when it cannot run.
set -euo pipefail
cd "$(dirname "$0")/.."

version=3.3.30
cache=${CONFORMANCE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/cv-courier-conformance}/checkov-$version
install_seconds=${CONFORMANCE_INSTALL_SECONDS:-240}

missing() { printf 'NOT RUN checkov: %s\n' "$1"; exit 0; }

if [ ! -e "$cache/installed" ]; then
  command -v python3 >/dev/null || missing 'Python 3 is not installed'
  mkdir -p "$cache"
  { python3 -m venv "$cache" && timeout "$install_seconds" "$cache/bin/pip" install --quiet --disable-pip-version-check "checkov==$version"; } >"$cache/log" 2>&1 ||
    { tail -n 3 "$cache/log"; missing "the installation failed or took more than $install_seconds s (CONFORMANCE_INSTALL_SECONDS)"; }
  touch "$cache/installed"
fi

# The form of osls, and the one for plain CloudFormation where packaging writes it.
for template in .serverless/cloudformation-template-update-stack.json dist/cloudformation/template.json; do
  [ -e "$template" ] || continue
  "$cache/bin/checkov" --config-file .checkov.yaml --file "$template"
  printf 'checkov %s: no findings in %s\n' "$version" "$template"
done
