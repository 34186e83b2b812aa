#!/usr/bin/env bash
# The conformance checks against implementations of other authors: versitygw (S3, needs Go) and moto (S3 and
# DynamoDB, needs Python).
# Says what it could not run, and why. Installs once, into a cache folder of its own.
set -euo pipefail
cd "$(dirname "$0")/.."

versitygw_version=v1.8.0
moto_version=5.2.5
cache=${CONFORMANCE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/cv-courier-conformance}
# A first `go install` may take longer; what it has compiled by then is not lost for the next run.
install_seconds=${CONFORMANCE_INSTALL_SECONDS:-40}

work=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait || true
  rm -rf "$work"
}
trap finish EXIT

mkdir -p "$cache/bin"
PATH=$PATH:/usr/local/go/bin
versitygw=$cache/bin/versitygw-$versitygw_version
moto=$cache/moto-$moto_version
failed=0

missing() { printf 'NOT RUN %s: %s\n' "$1" "$2"; }

install_versitygw() {
  [ -x "$versitygw" ] && return
  GOBIN=$work/bin timeout "$install_seconds" go install "github.com/versity/versitygw/cmd/versitygw@$versitygw_version" &&
    mv "$work/bin/versitygw" "$versitygw"
}

install_moto() {
  [ -e "$moto/installed" ] && return
  python3 -m venv "$moto" && timeout "$install_seconds" "$moto/bin/pip" install --quiet --disable-pip-version-check "moto[server]==$moto_version" &&
    touch "$moto/installed"
}

free_port() {
  node -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

# Name, port, services: waits for the server, then runs the checks of these services.
check() {
  for _ in $(seq 100); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null; then
      printf '== %s\n' "$1"
      for service in $3; do
        AWS_ACCESS_KEY_ID=conformance AWS_SECRET_ACCESS_KEY=conformance-secret \
          npm run --silent conformance -- "--$service" "http://127.0.0.1:$2" --implementation "$1" || failed=1
      done
      return
    fi
    sleep 0.1
  done
  printf 'FAILED %s: it does not listen after 10 s\n' "$1"
  tail -n 5 "$work/$1.log"
  failed=1
}

# Both installations run at the same time, both servers one after the other.
versitygw_install= moto_install=
if [ -x "$versitygw" ] || command -v go >/dev/null; then
  install_versitygw >"$work/versitygw-install.log" 2>&1 & versitygw_install=$!
else
  missing versitygw 'Go is not installed'
fi
if command -v python3 >/dev/null; then
  install_moto >"$work/moto-install.log" 2>&1 & moto_install=$!
else
  missing moto 'Python 3 is not installed'
fi

if [ -n "$moto_install" ]; then
  if wait "$moto_install"; then
    port=$(free_port)
    "$moto/bin/moto_server" -H 127.0.0.1 -p "$port" >"$work/moto.log" 2>&1 & pids+=($!)
    check moto "$port" 's3 dynamodb'
  else
    missing moto "the installation failed or took more than $install_seconds s (CONFORMANCE_INSTALL_SECONDS)"
    tail -n 3 "$work/moto-install.log"
  fi
fi

if [ -n "$versitygw_install" ]; then
  if wait "$versitygw_install"; then
    port=$(free_port)
    mkdir "$work/objects" "$work/versions"
    ROOT_ACCESS_KEY=conformance ROOT_SECRET_KEY=conformance-secret \
      "$versitygw" --quiet --port "127.0.0.1:$port" posix --versioning-dir "$work/versions" "$work/objects" \
      >"$work/versitygw.log" 2>&1 & pids+=($!)
    check versitygw "$port" s3
  else
    missing versitygw "the installation failed or took more than $install_seconds s (CONFORMANCE_INSTALL_SECONDS)"
    tail -n 3 "$work/versitygw-install.log"
  fi
fi

exit "$failed"
