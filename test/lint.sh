#!/usr/bin/env bash
# make lint: what the static checkers say, those of them that are installed.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${PG_CONFIG:=$(command -v pg_config)}"
includes=(-Isrc -I"$("$PG_CONFIG" --includedir-server)")
status=0
mapfile -t sources < <(git ls-files 'src/*.c' | grep -v ^src/relay/)
tidy_checks='-*,bugprone-*,clang-analyzer-*,-bugprone-easily-swappable-parameters,-bugprone-reserved-identifier,-bugprone-sizeof-expression,-bugprone-implicit-widening-of-multiplication-result,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling'

have() {
  command -v "$1" >/dev/null || { echo "$1 is not installed: skipped" && false; }
}

if have shellcheck; then
  shellcheck -x .ci/run test/*.sh test/long/* test/lib/*.sh test/demo/*.sh test/bench/*.sh || status=1
fi
if have cppcheck; then
  cppcheck -q --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
    --suppress='*:/usr/include/*' -Isrc src || status=1
fi
if have clang-tidy; then
  clang-tidy --quiet --checks="$tidy_checks" \
    "${sources[@]}" -- "${includes[@]}" -D_GNU_SOURCE -DQB_VERSION='"0"' 2>/dev/null || status=1
  for file in src/relay/*.c; do
    clang-tidy --quiet --checks="$tidy_checks" "$file" -- -std=gnu11 -Isrc -D_GNU_SOURCE -DQB_VERSION='"0"' \
      -I"$("$PG_CONFIG" --includedir)" 2>/dev/null || status=1
  done
fi
exit "$status"
