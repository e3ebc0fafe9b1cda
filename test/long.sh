#!/usr/bin/env bash
# make check-long: the tests that take longer than make check may, in parts. A
# part is a program test/long/NN-NAME, NN being the order in which they run:
#
#   test/long.sh [PART…]        runs the parts named, or all of them
#   test/long.sh --list         prints their names
#   QB_LONG_SECONDS=N           begins no part after N seconds, and says which
#                               were left out
#
# A part runs from the top of the source tree, with QB_LIB (test/lib) and
# PG_CONFIG set. It brings its own server (cluster.sh, with-cluster.sh) and ends
# what it started. It prints TAP, or ends with a line "N passed, M failed" of its
# own; a part that prints neither is one test, which its exit status decides.
# The last line is "N passed, M failed" over all parts.
# shellcheck source-path=SCRIPTDIR source=lib/bootstrap.sh
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
. test/lib/bootstrap.sh

# The program of the part called $1.
program_of() { compgen -G "test/long/[0-9][0-9]-$1"; }

mapfile -t all_parts < <(compgen -G 'test/long/[0-9][0-9]-*' | sed 's,.*/[0-9]*-,,')
if [[ ${1:-} == --list ]]; then
  printf '%s\n' "${all_parts[@]}"
  exit
fi
parts=("$@")
if [[ $# -eq 0 ]]; then parts=("${all_parts[@]}"); fi
for part in "${parts[@]}"; do
  program_of "$part" >/dev/null || die "no part is called $part; there are: ${all_parts[*]}"
done

passed=0
failed=0
table=()
left_out=()

# count_results FILE STATUS: prints "PASSED FAILED" of a part's output.
count_results() {
  awk -v status="$2" '
    /^[0-9]+ passed, [0-9]+ failed$/ { good = $1; bad = $3; said = 1 }
    /^not ok/ && !/# *(TODO|todo)/ { tap_bad++; next }
    /^ok [0-9]/ { tap_good++ }
    END {
      if (!said) { good = tap_good; bad = tap_bad }
      if (status != 0 && bad == 0) bad = 1
      if (status == 0 && good + bad == 0) good = 1
      print good + 0, bad + 0
    }' "$1"
}

run_part() {
  local part=$1 from=$SECONDS rc=0 good bad verdict=pass log=$logs/$1.log
  printf '\n'
  say "$part"
  "$(program_of "$part")" </dev/null 2>&1 | tee "$log" || rc=$?
  if [[ $rc -eq 77 ]]; then
    left_out+=("$part (it says why)")
    return
  fi
  read -r good bad < <(count_results "$log" "$rc")
  if [[ $bad -gt 0 ]]; then verdict=FAIL; fi
  table+=("$(printf '%-14s %-5s %6d passed %4d failed %5d s' "$part" "$verdict" "$good" "$bad" $((SECONDS - from)))")
  passed=$((passed + good))
  failed=$((failed + bad))
}

bootstrap check
logs=$PWD/tmp/long
mkdir -p "$logs"
export QB_LIB=$PWD/test/lib
trap 'exit 130' INT
trap 'exit 143' TERM HUP
for part in "${parts[@]}"; do
  if [[ -n ${QB_LONG_SECONDS:-} && $SECONDS -ge $QB_LONG_SECONDS ]]; then
    left_out+=("$part (no time)")
  else
    run_part "$part"
  fi
done
printf '\n'
if [[ ${#table[@]} -gt 0 ]]; then printf '%s\n' "${table[@]}"; fi
if [[ ${#left_out[@]} -gt 0 ]]; then
  printf 'left out: %s\n' "${left_out[*]}"
fi
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[[ $failed -eq 0 ]]
