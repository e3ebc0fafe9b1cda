#!/usr/bin/env bash
# make check: builds quickbook, starts a private server, runs the test suites
# named (all of them by default) and says what came out. The last line is
# "N passed, M failed"; the exit status is 0 only if nothing failed.
# shellcheck source-path=SCRIPTDIR source=lib/cluster.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/cluster.sh"
exec 2>&1

all_suites=(unit regress isolation pgtap hostile tap)
more_suites=(invalidate) # for servers with assertions
suites=("${@:-${all_suites[@]}}")
for suite in "${suites[@]}"; do
  [[ " ${all_suites[*]} ${more_suites[*]} " == *" $suite "* ]] ||
    die "no suite is called $suite; there are: ${all_suites[*]} ${more_suites[*]}"
done

passed=0
failed=0
table=()

# add SUITE PASSED FAILED SECONDS [REMARK]: a line of the summary.
add() {
  local verdict=pass
  if [[ $3 -gt 0 ]]; then verdict=FAIL; elif [[ $2 -eq 0 ]]; then verdict=skip; fi
  table+=("$(printf '%-10s %-5s %6d passed %4d failed %5d s  %s' "$1" "$verdict" "$2" "$3" "$4" "${5:-}")")
  passed=$((passed + $2))
  failed=$((failed + $3))
}

summary() {
  printf '\n'
  printf '%s\n' "${table[@]}"
  printf '\n%d passed, %d failed\n' "$passed" "$failed"
  [[ $failed -eq 0 && $passed -gt 0 ]]
}

# Reads the output of prove -v, prints a line for each file and what failed in
# it, and leaves "PASSED FAILED" in the file $1. A file that stops short of its
# plan, or dies, counts as at least one failure.
report_tap() {
  awk -v counts="$1" '
    function finish() {
      if (file == "") return
      bad = not_ok
      if (verdict == "") verdict = "no verdict"
      if (verdict != "ok" && verdict !~ /^skipped/ && short > bad) bad = short
      if (verdict != "ok" && verdict !~ /^skipped/ && bad == 0) bad = 1
      printf "  %-44s %4d ok%s\n", file, ok, bad ? ", " bad " FAILED" : ""
      if (bad) printf "%s", trouble
      passed += ok; failed += bad
      file = ""
    }
    /^Test Summary Report/ { finish(); rest = 1 }
    /^(All tests successful|Files=|Result:)/ { finish(); rest = 1 }
    rest { next }
    /^[^ ].* \.\.+ *$/ { finish(); file = $0; sub(/ \.\.+ *$/, "", file); sub(/.*\//, "", file)
                         ok = not_ok = short = 0; verdict = trouble = ""; diag = 0; next }
    /^ok$/ { verdict = "ok"; next }
    /^skipped/ { verdict = $0; next }
    /^(Dubious|Failed [0-9]+\/|No subtests run|All [0-9]+ subtests passed)/ {
      verdict = "failed"; trouble = trouble "    " $0 "\n"
      if (match($0, /^Failed [0-9]+/)) short = substr($0, 8, RLENGTH - 7) + 0
      next }
    /^not ok.*# *(TODO|todo)/ { ok++; diag = 0; next }
    /^not ok/ { not_ok++; diag = 1; trouble = trouble "    " $0 "\n"; next }
    /^ok( |$)/ { ok++; diag = 0; next }
    /^1\.\.[0-9]+/ { next }
    /^ +(ok|not ok|1\.\.)/ && !/^ +not ok/ { next }
    diag || !/^#/ { trouble = trouble "    " $0 "\n" }
    END { finish(); print passed + 0, failed + 0 >counts }'
}

# run_tap SUITE COMMAND…: runs a prove and adds its result.
run_tap() {
  local suite=$1 from=$SECONDS rc=0 good=0 bad=0 log=$work/$1.log
  shift
  "$@" >"$log" 2>&1 || rc=$?
  report_tap "$work/counts" <"$log"
  read -r good bad <"$work/counts"
  if [[ $bad -eq 0 && ($rc -ne 0 || $good -eq 0) ]]; then
    bad=1
    tail -n 40 "$log"
  fi
  add "$suite" "$good" "$bad" $((SECONDS - from))
}

# run_pg_regress SUITE VAR=…: installcheck with one kind of test only. Both
# output formats count: "test x ... ok" (15) and "ok 1 - x" (16 and later).
run_pg_regress() {
  local suite=$1 from=$SECONDS rc=0 good bad log=$work/$1.log
  make -s -C "$QB_BUILD" PG_CONFIG="$PG_CONFIG" "$2" installcheck 2>&1 | tee "$log" || rc=$?
  good=$(grep -cE '^((test| {4,})[^.]*\.\.\. ok|ok +[0-9]+ )' "$log") || true
  bad=$(grep -cE '^((test| {4,})[^.]*\.\.\. FAILED|not ok +[0-9]+ )' "$log") || true
  if [[ $bad -eq 0 && ($rc -ne 0 || $good -eq 0) ]]; then bad=1; fi
  if [[ $bad -gt 0 && -s $QB_BUILD/regression.diffs ]]; then
    cp "$QB_BUILD/regression.diffs" "$work/$suite.diffs"
    printf '\n'
    head -n 200 "$work/$suite.diffs"
    printf '(all of it: %s)\n' "$work/$suite.diffs"
  fi
  add "$suite" "$good" "$bad" $((SECONDS - from))
}

# run_pgtap SUITE [SETTING]: the pgTAP files in a database of their own.
run_pgtap() {
  local suite=$1 db=qb_$1 from=$SECONDS files
  mapfile -t files < <(suite_files "$suite")
  if cluster_psql -d postgres -c "CREATE DATABASE $db" &&
    cluster_psql -d "$db" -c 'SET client_min_messages = warning' \
      -c 'CREATE EXTENSION quickbook CASCADE' -c 'CREATE EXTENSION pgtap' &&
    { [[ $suite != hostile ]] || enter_hostile "$db"; } &&
    cluster_psql -d "$db" -c 'SET client_min_messages = error' -c 'SELECT quickbook.install()' >/dev/null &&
    { [[ -z ${2:-} ]] || cluster_psql -d "$db" -c "ALTER DATABASE $db SET $2"; }; then
    run_tap "$suite" pg_prove --psql-bin "$(dirname "$PG_CONFIG")/psql" -d "$db" --merge -v "${files[@]}"
  else
    add "$suite" 0 1 $((SECONDS - from)) 'the database could not be prepared'
  fi
  unset PGOPTIONS
}

# From here on a schema of namesakes comes before ours and core's.
enter_hostile() {
  cluster_psql -d "$1" -c 'SET client_min_messages = warning' -f "$qb_root/test/lib/hostile.sql" >/dev/null || return
  export PGOPTIONS='-c search_path=hostile,public'
}

suite_unit() { run_tap unit make -s -C "$QB_BUILD" PG_CONFIG="$PG_CONFIG" check-unit PROVE_FLAGS='-v --merge'; }
suite_regress() { run_pg_regress regress ISOLATION=; }
suite_isolation() { run_pg_regress isolation REGRESS=; }
suite_pgtap() { run_pgtap pgtap; }
suite_hostile() { run_pgtap hostile; }
# Where the server's caches are emptied wherever that may happen in our code: a
# server with assertions overwrites what is freed.
suite_invalidate() { run_pgtap invalidate "quickbook.debug_invalidate = ${QB_INVALIDATE:-3}"; }

# Test programs in Perl or shell. The environment gives them this server
# (PGHOST, …), PG_CONFIG and QB_LIB, whose cluster.sh makes more servers.
suite_tap() {
  local files
  mapfile -t files < <(suite_files tap)
  run_tap tap prove --merge -v "${files[@]}"
}

# An internal error or a crash is a bug, even where no test noticed.
check_log() {
  local bad=0 from=$SECONDS
  if grep -nE ' XX[0-9A-Z]{3} (ERROR|FATAL|PANIC):|TRAP:|server process .* was terminated|PANIC:' \
    "$(cluster_dir "$cluster")/log"; then
    bad=1
  fi
  add log $((1 - bad)) "$bad" $((SECONDS - from)) 'no internal error and no crash in the server log'
}

# Prints the files of a suite; of test programs those that QB_TESTS names, if it is set.
suite_files() {
  local dir=$qb_root/test name names
  # the star is no file name here
  read -ra names <<<"${QB_TESTS:-*}"
  case $1 in
    unit) compgen -G "$dir/unit/test_*.c" ;;
    regress) compgen -G "$dir/sql/*.sql" ;;
    isolation) compgen -G "$dir/specs/*.spec" ;;
    pgtap | invalidate) compgen -G "$dir/pgtap/*.sql" | sort ;;
    hostile) [[ ! -e $dir/lib/hostile.sql ]] || compgen -G "$dir/pgtap/*.sql" | sort ;;
    tap)
      for name in "${names[@]}"; do compgen -G "$dir/t/$name.t" || compgen -G "$dir/t/$name.pl"; done
      ;;
  esac
  true
}

bootstrap check
cluster_state
cluster=check
work=$QB_STATE/check-output
mkdir -p "$work"
say "$("$PG_CONFIG" --version): building${QB_WERROR:+ (WERROR=$QB_WERROR)}"
# a compiler that optimizes less sees more that may be wrong
if ! cluster_build "WERROR=${QB_WERROR:-1}"; then
  add build 0 1 "$SECONDS" 'quickbook does not build'
  summary
  exit 1
fi

cluster_drop "$cluster"
cluster_stop_at_exit
cluster_init "$cluster" 'fsync = off' 'max_prepared_transactions = 10'
cluster_start "$cluster"
export QB_LIB=$qb_root/test/lib

for suite in "${suites[@]}"; do
  printf '\n'
  if [[ -z $(suite_files "$suite") ]]; then
    say "$suite: there are no tests"
    add "$suite" 0 1 0 'no tests were found'
    continue
  fi
  say "$suite"
  "suite_$suite"
done
check_log
summary
