#!/usr/bin/env bash
# cfn-lint over both forms of the packaged template, in regions of the three partitions. Needs what `npm run package` wrote.
# Installs cfn-lint once with pip, into a cache folder of its own. Says so when it could not run; fails on its errors and warnings.
set -euo pipefail
cd "$(dirname "$0")/.."

cfn_lint=cfn-lint==1.58.0
regions=(eu-central-1 us-east-1 cn-north-1 us-gov-west-1)
templates=(.serverless/cloudformation-template-update-stack.json dist/cloudformation/template.json)
cache=${CONFORMANCE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/cv-courier-conformance}
install_seconds=${CONFORMANCE_INSTALL_SECONDS:-120}

missing() {
  printf 'NOT RUN cfn-lint: %s\n' "$1"
  exit 0
}

for template in "${templates[@]}"; do
  [ -e "$template" ] || { printf 'FAILED cfn-lint: there is no %s; run npm run package first\n' "$template"; exit 1; }
done
command -v python3 >/dev/null || missing 'Python 3 is not installed'
folder=$cache/$cfn_lint
if [ ! -e "$folder/installed" ]; then
  mkdir -p "$cache"
  log=$(mktemp)
  if python3 -m venv "$folder" >"$log" 2>&1 &&
    timeout "$install_seconds" "$folder/bin/pip" install --quiet --disable-pip-version-check "$cfn_lint" >>"$log" 2>&1; then
    touch "$folder/installed"
    rm "$log"
  else
    tail -n 3 "$log"
    rm "$log"
    missing "the installation failed or took more than $install_seconds s (CONFORMANCE_INSTALL_SECONDS)"
  fi
fi

failed=0
for region in "${regions[@]}"; do
  for template in "${templates[@]}"; do
    if "$folder/bin/cfn-lint" --non-zero-exit-code warning --regions "$region" --template "$template"; then
      printf 'cfn-lint: no finding in %s for %s\n' "$template" "$region"
    else
      failed=1
    fi
  done
done
exit "$failed"
