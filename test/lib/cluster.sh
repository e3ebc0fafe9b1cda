#!/usr/bin/env bash
# Private PostgreSQL servers for the tests, the demo and the benchmarks.
#
#   . test/lib/cluster.sh
#   cluster_prepare_server      copy the server that PG_CONFIG names (once), and
#                               point PG_CONFIG and PATH at the copy
#   cluster_build [VAR=VALUE…]  build quickbook and install it into the copy
#   cluster_init NAME [LINE…]   initdb; each LINE is added to postgresql.conf
#   cluster_standby NAME        make NAME.standby, a standby of NAME, which runs
#   cluster_start NAME          start it; exports PGHOST, PGPORT, PGUSER
#   cluster_stop NAME [MODE]    stop it (fast; or smart, immediate)
#   cluster_use NAME            export PGHOST, PGPORT, PGUSER of NAME
#   cluster_psql ARG…           the copy's psql: no psqlrc, stops at an error
#   cluster_dir NAME            prints its directory: data/, log, the socket
#   cluster_drop NAME           stop it and remove its directory
#   cluster_stop_at_exit        when the script ends, stop what it started
#
# or, from any language, a word a call (start and use print export commands):
#
#   test/lib/cluster.sh {build|init|standby|start|stop|use|dir|drop} [ARG…]
#
# Nothing outside tmp/ is written and no root is needed; a server relocates
# itself, so a copy of its two trees is a server of its own. Under root the
# servers run as postgres (else nobody), and where that user cannot reach tmp/,
# or tmp's path is too long or too odd for a socket or for PGXS, tmp/pgN is a
# link to a directory in /tmp. The clusters listen on a socket in their own
# directory only, unless a LINE sets listen_addresses.
# shellcheck shell=bash

set -euo pipefail
umask 022 # the servers' user reads what we write
qb_root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=bootstrap.sh
. "$qb_root/test/lib/bootstrap.sh"

# A make that called us has settings and a job server that are not for ours.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
# Nor are the caller's connection settings.
unset PGDATABASE PGPASSWORD PGSERVICE PGSSLMODE PGDATA PGOPTIONS

qb_started=()

# The user that the servers run as: they refuse to be root.
cluster_user() {
  if [[ $(id -u) -ne 0 ]]; then
    id -un
  elif getent passwd postgres >/dev/null; then
    echo postgres
  else
    echo nobody
  fi
}

cluster_as_server() {
  local user
  user=$(cluster_user)
  if [[ $(id -u) -eq 0 ]]; then
    (cd / && exec setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups -- "$@")
  else
    "$@"
  fi
}

# Sets QB_STATE, the directory for all that belongs to one version of the server,
# or to one build of it: QB_FLAVOR tells several of one version apart.
cluster_state() {
  local major dir target
  [[ -z ${QB_STATE:-} ]] || return 0
  major=$("$PG_CONFIG" --version | sed 's/^PostgreSQL \([0-9]*\).*/\1/')
  dir=$qb_root/tmp/pg$major${QB_FLAVOR:+-$QB_FLAVOR}
  if [[ -L $dir && ! -d $dir ]]; then
    rm -f "$dir"
  fi
  if ! mkdir -p "$dir" || [[ ! -w $dir ]]; then
    die "cannot write $dir"
  fi
  if [[ ! -L $dir ]] &&
    { [[ ${#dir} -gt 70 || $dir == *[^A-Za-z0-9._/+-]* ]] || ! cluster_as_server test -x "$dir"; }; then
    target=$(mktemp -d /tmp/quickbook.XXXXXX)
    chmod 755 "$target"
    rm -rf "$dir"
    ln -s "$target" "$dir"
  fi
  QB_STATE=$(cd -P "$dir" && pwd)
  export QB_STATE
}

# The longest directory that all the arguments lie in.
cluster_common_dir() {
  local common=$1 dir
  for dir; do
    while [[ $dir/ != "$common"/* ]]; do common=${common%/*}; done
  done
  echo "$common"
}

cluster_prepare_server() {
  local bin share lib prefix server stamp what path pgtap
  # An empty path would copy the whole machine.
  if [[ -z ${PG_CONFIG:-} ]] || ! "$PG_CONFIG" --version >/dev/null; then
    die "PG_CONFIG is not set to a pg_config: run bootstrap first"
  fi
  cluster_state
  server=$QB_STATE/server
  if [[ $PG_CONFIG != "$server"/* ]]; then
    bin=$("$PG_CONFIG" --bindir)
    share=$("$PG_CONFIG" --sharedir)
    lib=$("$PG_CONFIG" --pkglibdir)
    prefix=$(cluster_common_dir "$bin" "$share" "$lib")
    if [[ ! -x $bin/postgres || -z $share || -z $lib ]]; then
      die "there is no server in $bin"
    fi
    stamp="$("$PG_CONFIG" --version) $bin $(stat -c %Y "$bin/postgres")"
    # pgTAP may be installed later than the first copy was made.
    pgtap=$qb_root/tmp/pgtap
    if [[ -e $share/extension/pgtap.control ]]; then
      stamp+=' pgtap' pgtap=
    elif [[ -e $pgtap/pgtap.control ]]; then
      stamp+=' pgtap of another version'
    else
      pgtap=
    fi
    (
      flock 9
      [[ $(cat "$server/stamp" 2>/dev/null) != "$stamp" ]] || exit 0
      rm -rf "$server" "$server.new"
      for path in "$bin" "$share" "$lib"; do
        if [[ ! -e $server.new${path#"$prefix"} ]]; then
          mkdir -p "$server.new${path#"$prefix"}"
          cp -a --reflink=auto "$path/." "$server.new${path#"$prefix"}"
        fi
      done
      if [[ -n $pgtap ]]; then
        cp "$pgtap"/* "$server.new${share#"$prefix"}/extension"
      fi
      # Headers and libraries are only read: links will do.
      for what in includedir includedir-server libdir; do
        path=$("$PG_CONFIG" --"$what")
        if [[ $path == "$prefix"/* && ! -e $server.new${path#"$prefix"} ]]; then
          mkdir -p "$(dirname "$server.new${path#"$prefix"}")"
          ln -s "$path" "$server.new${path#"$prefix"}"
        fi
      done
      echo "$stamp" >"$server.new/stamp"
      mv "$server.new" "$server"
    ) 9>"$QB_STATE/lock"
    PG_CONFIG=$server${bin#"$prefix"}/$(basename "$PG_CONFIG")
  fi
  PATH=$(dirname "$PG_CONFIG"):$PATH
  export PG_CONFIG PATH
}

# Builds in a directory of its own, so that neither the versions of the server
# nor their warnings mix, and a build in the source tree is left alone.
cluster_build() {
  local build
  cluster_prepare_server
  build=$QB_STATE/build${*:+-$(printf %s "$*" | tr -c 'A-Za-z0-9\n' _)}
  (
    # Joined by &&, because a caller that tests our status turns set -e off.
    flock 9 &&
      mkdir -p "$build/src" "$build/sql" &&
      find "$build/src" -name '*.[ch]' -delete && rm -f "$build"/sql/*.sql &&
      cp -p "$qb_root/Makefile" "$qb_root/quickbook.control" "$build" &&
      (cd "$qb_root" && find src -name '*.[ch]' -exec cp -p --parents -t "$build" {} +) &&
      cp -p "$qb_root"/sql/[0-9]*.sql "$qb_root/sql/quickbook--0.1.0.sql" "$build/sql" &&
      rm -rf "$build/sql/upgrade" && cp -Rp "$qb_root/sql/upgrade" "$build/sql" &&
      ln -sfn "$qb_root/test" "$build/test" &&
      ln -sfn "$qb_root/expected" "$build/expected" &&
      make -s -j "$(nproc)" -C "$build" PG_CONFIG="$PG_CONFIG" "$@" all &&
      make -s -C "$build" PG_CONFIG="$PG_CONFIG" "$@" install >/dev/null
  ) 9>"$QB_STATE/lock" || return
  export QB_BUILD=$build
}

cluster_dir() {
  cluster_state
  case $1 in
    /*) echo "$1" ;;
    *) echo "$QB_STATE/$1" ;;
  esac
}

cluster_free_port() {
  local port
  while port=$((RANDOM % 12000 + 50000)); do
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
}

cluster_make_dir() {
  mkdir -p "$1"
  # Whoever reaches the socket is a superuser: nobody else may.
  chmod 700 "$1"
  if [[ $(id -u) -eq 0 ]]; then
    chown "$(cluster_user)" "$1"
  fi
}

cluster_init() {
  local dir locale=C
  dir=$(cluster_dir "$1")
  shift
  cluster_make_dir "$dir"
  if locale -a 2>/dev/null | grep -qix 'c\.utf-\?8'; then
    locale=C.UTF-8
  fi
  cluster_as_server "$("$PG_CONFIG" --bindir)/initdb" --no-sync -A trust -U postgres \
    -E UTF8 --locale="$locale" -D "$dir/data" >"$dir/initdb.log" 2>&1 ||
    { cat "$dir/initdb.log" >&2 && die "initdb failed in $dir"; }
  {
    printf '%s\n' \
      "unix_socket_directories = '$dir'" "port = $(cluster_free_port)" "listen_addresses = ''" \
      "log_line_prefix = '%m [%p] %q%d %e '" "timezone = 'UTC'" "log_timezone = 'UTC'" \
      "lc_messages = 'C'" 'max_prepared_transactions = 5' "$@"
  } >>"$dir/data/postgresql.conf"
}

cluster_standby() {
  local dir
  dir=$(cluster_dir "$1.standby")
  cluster_make_dir "$dir"
  cluster_use "$1"
  cluster_as_server "$("$PG_CONFIG" --bindir)/pg_basebackup" -R -c fast -D "$dir/data" >"$dir/basebackup.log" 2>&1 ||
    { cat "$dir/basebackup.log" >&2 && die "no standby was made in $dir"; }
  printf '%s\n' "unix_socket_directories = '$dir'" "port = $(cluster_free_port)" >>"$dir/data/postgresql.conf"
}

cluster_use() {
  local dir
  dir=$(cluster_dir "$1")
  PGHOST=$dir
  PGPORT=$(sed -n 's/^port *= *\([0-9]*\).*/\1/p' "$dir/data/postgresql.conf" | tail -n 1)
  PGUSER=postgres
  export PGHOST PGPORT PGUSER
}

cluster_start() {
  local dir
  dir=$(cluster_dir "$1")
  cluster_as_server "$("$PG_CONFIG" --bindir)/pg_ctl" start -s -w -t 60 -D "$dir/data" -l "$dir/log" \
    </dev/null >/dev/null || { tail -n 20 "$dir/log" >&2 && die "the server did not start: $dir/log"; }
  qb_started+=("$1")
  cluster_use "$1"
}

cluster_stop() {
  local dir
  dir=$(cluster_dir "$1")
  [[ -f $dir/data/postmaster.pid ]] || return 0
  cluster_as_server "$("$PG_CONFIG" --bindir)/pg_ctl" stop -s -w -m "${2:-fast}" -D "$dir/data"
}

cluster_drop() {
  cluster_stop "$1" immediate || true
  rm -rf "$(cluster_dir "$1")"
}

cluster_psql() {
  "$("$PG_CONFIG" --bindir)/psql" -X -q -v ON_ERROR_STOP=1 "$@"
}

cluster_stop_started() {
  local name
  for name in "${qb_started[@]}"; do
    cluster_stop "$name" || true
  done
}

cluster_stop_at_exit() {
  trap cluster_stop_started EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  [[ $# -gt 0 ]] || { sed -n '2,/^# shellcheck/{/^# shellcheck/!s/^# \{0,1\}//p}' "$0" && exit 2; }
  command=$1
  shift
  bootstrap run
  cluster_prepare_server
  case $command in
    build | init | standby | stop | dir | drop) "cluster_$command" "$@" ;;
    start | use)
      "cluster_$command" "$@"
      for name in PGHOST PGPORT PGUSER PG_CONFIG; do printf 'export %s=%q\n' "$name" "${!name}"; done
      ;;
    *) die "no such command: $command" ;;
  esac
fi
