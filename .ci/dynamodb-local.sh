#!/usr/bin/env bash
# Runs a command against AWS's own DynamoDB Local: .ci/dynamodb-local.sh COMMAND [ARGUMENT...]
# The command finds its address in TEST_DYNAMODB_URL. The server is in memory, for callers on this machine only, and is
# stopped with the command, whose exit status is passed on.
# Without Java 17 and Maven, or when Maven cannot download it, this says so and runs nothing (exit status 0).
set -euo pipefail

version=3.3.1
here="$(cd "$(dirname "$0")" && pwd)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/cv-courier/dynamodb-local-$version"

skip() {
  printf 'DynamoDB Local: skipped, %s. Not run: %s\n' "$1" "$command"
  exit 0
}

[ $# -gt 0 ] || { echo 'Usage: .ci/dynamodb-local.sh COMMAND [ARGUMENT...]' >&2; exit 2; }
command="$*"
for tool in java javac mvn; do
  command -v "$tool" >/dev/null 2>&1 || skip "$tool is missing"
done

install() {
  local work
  work="$(mktemp -d)"
  cat >"$work/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>dynamodb-local</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>software.amazon.dynamodb</groupId><artifactId>DynamoDBLocal</artifactId><version>$version</version>
  </dependency></dependencies>
</project>
POM
  # The native libraries of SQLite are dependencies of their own and land in the same folder.
  mvn -q -B -Dstyle.color=never -f "$work/pom.xml" dependency:copy-dependencies -DincludeScope=runtime "-DoutputDirectory=$work/lib" || return 1
  mkdir -p "$(dirname "$cache")"
  # Another run may have installed it meanwhile; either copy is whole.
  mv -T "$work/lib" "$cache" 2>/dev/null || [ -d "$cache" ]
  rm -rf "$work"
}
[ -d "$cache" ] || install || skip "Maven could not download version $version"

freePort='import("node:net").then(({ createServer }) => {
  const server = createServer().listen(0, "127.0.0.1", () => { console.log(server.address().port); server.close(); });
});'
port="$(node -e "$freePort")"
log="$(mktemp)"
java "-Djava.library.path=$cache" -cp "$cache/*" "$here/LoopbackDynamoDb.java" -inMemory -disableTelemetry -port "$port" \
  >"$log" 2>&1 &
server=$!
stop() {
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  rm -f "$log"
}
trap stop EXIT

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }
for _ in $(seq 150); do
  answers && break
  kill -0 "$server" 2>/dev/null || { cat "$log" >&2; exit 1; }
  sleep 0.2
done
answers || { echo 'DynamoDB Local did not start within 30 s.' >&2; cat "$log" >&2; exit 1; }
TEST_DYNAMODB_URL="http://127.0.0.1:$port" "$@"
