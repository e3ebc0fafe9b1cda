#!/usr/bin/env bash
# make demo, demo-psql and demo-stop: a small clinic on a private server, which
# stays up until demo-stop. tmp/demo leads to it.
# shellcheck source-path=SCRIPTDIR source=../lib/cluster.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/cluster.sh"

here=$qb_root/test/demo
link=$qb_root/tmp/demo

# Points us at the demo's server, if there is one.
find_demo() {
  [[ -f $link/env ]] || return
  # shellcheck disable=SC1091
  . "$link/env"
  cluster_use demo
}

stop_demo() {
  if find_demo; then
    cluster_drop demo
  fi
  rm -f "$link"
}

# part FILE USER: runs one file of the demo, its SQL shown before each result.
part() {
  "$psql" -X -q -d clinic -U "$2" -v ON_ERROR_STOP=1 -v h="$head" -v z="$plain" \
    -P border=1 -P linestyle=unicode -P footer=off -P null=· <"$here/$1" 2>&1
}

# A second session LISTENs for as long as fd 4 is open. psql tells of what it
# has heard whenever it has run a command.
start_listening() {
  rm -f "$heard" "$heard.in"
  mkfifo "$heard.in"
  "$psql" -X -q -d clinic -U clinic_owner <"$heard.in" >"$heard" 2>&1 &
  listener=$!
  exec 4>"$heard.in"
  printf '%s\n' 'LISTEN quickbook;' '\echo listening' >&4
  until grep -q listening "$heard"; do sleep 0.05; done
}

stop_listening() {
  printf '%s\n' 'SELECT pg_sleep(0.5) \g /dev/null' >&4
  exec 4>&-
  wait "$listener" || true
  sed '1d' "$heard"
}

run_demo() {
  local name
  head=$'\n== ' plain=
  if [[ -t 1 ]]; then
    head=$'\n\033[1;36m== ' plain=$'\033[0m'
    export PG_COLOR=always
  fi
  export PGCLIENTENCODING=UTF8
  stop_demo
  bootstrap run
  say 'building quickbook'
  # shellcheck disable=SC2119
  cluster_build
  say "starting a private $("$PG_CONFIG" --version) under tmp/"
  trap stop_demo EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  cluster_drop demo
  cluster_init demo 'fsync = off' "cluster_name = 'quickbook demo'"
  for name in PG_CONFIG QB_STATE; do printf 'export %s=%q\n' "$name" "${!name}"; done >"$QB_STATE/demo/env"
  ln -sfn "$QB_STATE/demo" "$link"
  cluster_start demo

  psql=$(dirname "$PG_CONFIG")/psql
  heard=$QB_STATE/demo/heard
  cluster_psql -d postgres -c 'CREATE DATABASE clinic'
  part clinic.sql postgres
  start_listening
  part book.sql clinic_owner
  printf '%sWhat a session that LISTENs on channel quickbook has heard%s\n' "$head" "$plain"
  stop_listening
  part change.sql clinic_owner
  trap - EXIT

  printf '%sThe server is still up%s\n' "$head" "$plain"
  printf '%s\n' 'make demo-psql   opens psql on it (\df quickbook.* lists what to call)' \
    'make demo-stop   stops it and removes it'
}

case ${1:-run} in
  run) run_demo ;;
  psql)
    find_demo || die 'the demo is not running: make demo'
    exec "$(dirname "$PG_CONFIG")/psql" -d clinic -U clinic_owner
    ;;
  stop) stop_demo ;;
  *) die "demo.sh: run, psql or stop" ;;
esac
