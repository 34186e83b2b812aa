#!/usr/bin/env bash
# Drops a file of 2 kB and one of 9 MB on the local stack with S3 clients of other authors, and compares what Kombo stores.
# Installs them once: AWS CLI 1, boto3 and s3cmd with pip and rclone with Go, into a cache folder of its own; AWS CLI 2 with
# apt-get, when run as root and the PATH has none.
# Says which client could not run, and why. Fails only when one that runs fails.
set -euo pipefail
cd "$(dirname "$0")/.."

aws_cli_1=awscli==1.46.3
boto3='boto3[crt]==1.44.8'
s3cmd=s3cmd==2.4.0
rclone=v1.71.0
cache=${CONFORMANCE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/cv-courier-conformance}
# rclone is large: the first build takes about two minutes.
install_seconds=${CONFORMANCE_INSTALL_SECONDS:-400}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$cache/bin"
PATH=$PATH:/usr/local/go/bin
programs=()

missing() { printf 'NOT RUN %s: %s\n' "$1" "$2"; }

# Requirement: a Python environment of its own, because each tool pins other versions of the same libraries.
install_python() {
  local folder=$cache/$1
  [ -e "$folder/installed" ] && return
  python3 -m venv "$folder" && timeout "$install_seconds" "$folder/bin/pip" install --quiet --disable-pip-version-check "$1" &&
    touch "$folder/installed"
}

install_rclone() {
  [ -x "$cache/bin/rclone-$rclone" ] && return
  GOBIN=$work/bin timeout "$install_seconds" go install "github.com/rclone/rclone@$rclone" &&
    mv "$work/bin/rclone" "$cache/bin/rclone-$rclone"
}

# Every aws on the PATH, because that of version 1 may come first.
find_aws_cli_2() {
  local program
  while read -r program; do
    if [[ $("$program" --version 2>&1) == aws-cli/2.* ]]; then
      printf '%s\n' "$program"
      return
    fi
  done < <(type -ap aws)
  return 1
}

install_aws_cli_2() {
  find_aws_cli_2 >/dev/null && return
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && timeout "$install_seconds" apt-get install -y -qq --no-install-recommends awscli >/dev/null &&
    find_aws_cli_2 >/dev/null
}

# All at the same time; each leaves its output and its exit status.
install() {
  local name=$1
  shift
  ("$@" >"$work/$name.log" 2>&1 && touch "$work/$name.ok") &
}
if command -v python3 >/dev/null; then
  install aws-cli-1 install_python "$aws_cli_1"
  install boto3 install_python "$boto3"
  install s3cmd install_python "$s3cmd"
fi
if find_aws_cli_2 >/dev/null || { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }; then
  install aws-cli-2 install_aws_cli_2
fi
if [ -x "$cache/bin/rclone-$rclone" ] || command -v go >/dev/null; then install rclone install_rclone; fi
wait

# Option of the driver, program, why nothing was installed if nothing was.
use() {
  if [ -e "$work/$1.ok" ]; then
    programs+=("--$1" "$2")
  elif [ -e "$work/$1.log" ]; then
    missing "$1" "the installation failed or took more than $install_seconds s (CONFORMANCE_INSTALL_SECONDS)"
    tail -n 3 "$work/$1.log"
  else
    missing "$1" "$3"
  fi
}
use aws-cli-1 "$cache/$aws_cli_1/bin/aws" 'Python 3 is not installed'
use aws-cli-2 "$(find_aws_cli_2 || true)" 'it is not on the PATH, and only root can install it with apt-get'
use boto3 "$cache/$boto3/bin/python" 'Python 3 is not installed'
use s3cmd "$cache/$s3cmd/bin/s3cmd" 'Python 3 is not installed'
use rclone "$cache/bin/rclone-$rclone" 'Go is not installed'

npm run --silent clients -- "${programs[@]}"
