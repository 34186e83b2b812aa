#!/usr/bin/env bash
# Collects what a release consists of, after `npm run package`: .ci/release-files.sh TAG FOLDER
# The folder gets the zips of the functions, the template, an SBOM of what is bundled, and SHA256SUMS; the file notes.md
# beside it gets the changelog of the version. The tag must be v and the version of package.json.
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -eq 2 ] || { echo 'Usage: .ci/release-files.sh TAG FOLDER' >&2; exit 2; }
tag=$1
folder=$2
version=$(node -p 'require("./package.json").version')
if [ "$tag" != "v$version" ]; then
  echo "The tag is $tag, but package.json has version $version: set it, commit, and tag that commit as v$version." >&2
  exit 1
fi

# The lines below the heading of this version ("## 0.2.0, 2026-12-01"), up to the next heading.
notes=$(awk -v version="$version" '/^## / { found = $2 == version || $2 == version "," ; next } found' CHANGELOG.md)
if [[ ! $notes =~ [^[:space:]] ]]; then
  echo "CHANGELOG.md has nothing under \"## $version\": move the lines of \"Unreleased\" there." >&2
  exit 1
fi

rm -rf "$folder"
mkdir -p "$folder"
printf '%s\n' "$notes" >"$(dirname "$folder")/notes.md"
cp dist/*.zip "$folder/"
# The form for plain CloudFormation, where packaging writes it, else the one for osls.
if [ -e dist/cloudformation/template.json ]; then
  cp dist/cloudformation/template.json "$folder/template.json"
else
  cp .serverless/cloudformation-template-update-stack.json "$folder/template.json"
fi

# What esbuild put into the zips (dist/*.meta.json), as "name@version". npm's own --omit dev leaves out most of it: every package
# that a package for development needs as well.
bundled=$(jq -s --slurpfile lock package-lock.json '
  [.[].inputs | keys[] | capture("^(?<path>.*node_modules/(?<name>(@[^/]+/)?[^/]+))/")] | unique
  | map("\(.name)@\($lock[0].packages[.path].version)")' dist/*.meta.json)
npm sbom --package-lock-only --sbom-format cyclonedx --sbom-type application |
  jq --argjson bundled "$bundled" --arg name "$(node -p 'require("./package.json").name')" '
    ($bundled + [.metadata.component["bom-ref"]]) as $kept
    | .metadata.component.name = $name
    | .components |= map(select(.["bom-ref"] | IN($bundled[])))
    | .dependencies |= (map(select(.ref | IN($kept[]))) | map(.dependsOn |= map(select(IN($kept[])))))
    | if (.components | length) == ($bundled | unique | length) then . else error("the SBOM lacks a package that is in the zips") end' \
    >"$folder/sbom.cdx.json"
(cd "$folder" && sha256sum -- * >../SHA256SUMS && mv ../SHA256SUMS .)
printf 'Collected in %s:\n' "$folder"
ls -1 "$folder"
