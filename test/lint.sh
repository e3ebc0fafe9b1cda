#!/usr/bin/env bash
# make lint: what can be said of the sources without running them. Prints TAP and
# ends with "N passed, M failed".
#
#   test/lint.sh [CHECK…]       runs the checks named, or all of them
# shellcheck source-path=SCRIPTDIR source=lib/bootstrap.sh
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
. test/lib/bootstrap.sh

all_checks=(house includes indent typedefs shellcheck cppcheck clang-tidy)
tidy='-*,bugprone-*,clang-analyzer-*,-bugprone-easily-swappable-parameters,-bugprone-reserved-identifier,-bugprone-sizeof-expression,-bugprone-implicit-widening-of-multiplication-result,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling'

# What belongs where, what includes what, how long things are, what has no word.
check_house() { perl test/tools/house.pl; }

check_includes() { perl test/tools/include-order.pl --check "${sources[@]}" "${headers[@]}"; }

check_indent() { perl test/tools/indent.pl --check "${sources[@]}" "${headers[@]}"; }

# A type that the list lacks is indented as if it were a variable.
check_typedefs() {
  local missing
  missing=$(comm -23 <(cat "${sources[@]}" "${headers[@]}" | sed -n 's/^} \([A-Za-z_]*\);$/\1/p' | LC_ALL=C sort -u) \
    <(LC_ALL=C sort src/typedefs.list))
  [[ -z $missing ]] || { printf 'not in src/typedefs.list (make typedefs): %s\n' "$missing" && false; }
}

check_shellcheck() {
  shellcheck -x .ci/run test/*.sh test/long/* test/lib/*.sh test/tools/*.sh test/demo/*.sh test/bench/*.sh
}

check_cppcheck() {
  cppcheck -q -j "$(nproc)" --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
    --suppress='*:/usr/include/*' -Isrc src
}

check_clang-tidy() {
  local server client
  server=$("$PG_CONFIG" --includedir-server)
  client=$("$PG_CONFIG" --includedir)
  # shellcheck disable=SC2016 # the inner shell's variables
  printf '%s\0' "${sources[@]}" | xargs -0 -n 4 -P "$(nproc)" bash -c '
    tidy=$1 server=$2 client=$3
    shift 3
    status=0
    for file; do
      if [[ $file == src/relay/* ]]; then with=(-std=gnu11 "-I$client"); else with=("-I$server"); fi
      clang-tidy --quiet --checks="$tidy" --warnings-as-errors="*" "$file" -- \
        -Isrc "${with[@]}" -D_GNU_SOURCE -DQB_VERSION="\"0\"" 2>/dev/null || status=1
    done
    exit "$status"' tidy "$tidy" "$server" "$client"
}

checks=("$@")
if [[ $# -eq 0 ]]; then checks=("${all_checks[@]}"); fi
bootstrap lint
mapfile -t sources < <(git ls-files 'src/*.c')
mapfile -t headers < <(git ls-files 'src/*.h')
passed=0
failed=0
for check in "${checks[@]}"; do
  declare -F "check_$check" >/dev/null || die "no check is called $check; there are: ${all_checks[*]}"
  from=$SECONDS
  if said=$("check_$check" 2>&1); then
    passed=$((passed + 1))
    printf 'ok %d - %s (%d s)\n' $((passed + failed)) "$check" $((SECONDS - from))
  else
    failed=$((failed + 1))
    printf 'not ok %d - %s (%d s)\n' $((passed + failed)) "$check" $((SECONDS - from))
  fi
  [[ -z $said ]] || printf '# %s\n' "${said//$'\n'/$'\n'# }"
done
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[[ $failed -eq 0 ]]
