# Makes sure that the machine has what quickbook's own servers need.
#
#   . test/lib/bootstrap.sh
#   bootstrap run     compiler, PostgreSQL and its server headers
#   bootstrap check   the same, and pgTAP, pg_prove and IPC::Run
#   bootstrap lint    as run, the libraries of relay, and what make lint and make
#                     indent use
#   bootstrap relay   as run, and what quickbook-relay is built with and tested
#                     against: its libraries, RabbitMQ, an SMTP server
#   bootstrap gateway as run, and what the tests of gateways and drivers use:
#                     pgbouncer, Python's drivers, and the npm packages of
#                     test/gateway, in tmp/gateway; exports QB_GATEWAY, that folder
#   bootstrap recurrence  as run, and what recurrence rules are compared with:
#                     python3-dateutil
#
# Installs with apt-get only what is missing, and exports PG_CONFIG. Where
# nothing is missing it needs neither root nor a network. Which server:
# PG_CONFIG if set, else version QB_PG if set, else the newest one installed,
# else the one that the distribution brings; 15 at least.
# shellcheck shell=bash

qb_oldest_pg=15

die() {
  printf 'quickbook: %s\n' "$*" >&2
  exit 1
}

say() {
  printf '== %s\n' "$*"
}

# The newest server installed, or nothing.
bootstrap_installed_pg() {
  local dir best=
  for dir in /usr/lib/postgresql/*/bin/postgres; do
    [[ $dir =~ /([0-9]+)/bin/postgres$ ]] || continue
    if [[ -x $dir && ${BASH_REMATCH[1]} -ge $qb_oldest_pg && ${BASH_REMATCH[1]} -gt ${best:-0} ]]; then
      best=${BASH_REMATCH[1]}
    fi
  done
  echo "$best"
}

bootstrap_packaged_pg() {
  apt-cache depends postgresql 2>/dev/null |
    sed -n 's/.*Depends: postgresql-\([0-9][0-9]*\)$/\1/p' | head -n 1
}

# Sets qb_as_root, the command prefix that makes us root.
bootstrap_become_root() {
  if [[ $(id -u) -eq 0 ]]; then
    qb_as_root=()
  elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
    qb_as_root=(sudo)
  else
    die "missing: $*
Installing them takes root or sudo, and there is neither. As root, run:
  apt-get install --no-install-recommends $*"
  fi
  command -v apt-get >/dev/null || die "missing: $* (and no apt-get here to install them with)"
}

bootstrap_update() {
  say 'updating the package lists'
  "${qb_as_root[@]}" apt-get -qq update || die 'apt-get update failed'
}

# Installs the packages named. Debian's server package makes and starts a
# cluster on port 5432 of its own accord, and that of RabbitMQ a broker on port
# 5672: not here, where two files forbid it for as long as the installation
# takes (a policy-rc.d that the machine has already is left alone).
bootstrap_install() {
  local dropin=/etc/postgresql-common/createcluster.d/zz-quickbook.conf log status=0
  local policy=/usr/sbin/policy-rc.d made=("$dropin")
  say "installing: $*"
  log=$(mktemp)
  "${qb_as_root[@]}" mkdir -p "${dropin%/*}"
  echo 'create_main_cluster = false' | "${qb_as_root[@]}" tee "$dropin" >/dev/null
  if [[ ! -e $policy ]]; then
    made+=("$policy")
    printf '#!/bin/sh\nexit 101\n' | "${qb_as_root[@]}" tee "$policy" >/dev/null
    "${qb_as_root[@]}" chmod 755 "$policy"
  fi
  trap '"${qb_as_root[@]}" rm -f '"${made[*]}"'; exit 130' INT TERM
  "${qb_as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq -y --no-install-recommends install "$@" >"$log" 2>&1 || status=$?
  "${qb_as_root[@]}" rm -f "${made[@]}"
  trap - INT TERM
  if [[ $status -ne 0 ]]; then
    cat "$log" >&2
  fi
  rm -f "$log"
  return "$status"
}

# Is there a package of pgTAP for server version $1? Yes, as long as there are
# no package lists that say no.
bootstrap_knows_pgtap() {
  local known
  [[ -n $1 ]] || return
  known=$(bootstrap_packaged_pgtap)
  [[ -z $known ]] || grep -qx "postgresql-$1-pgtap" <<<"$known"
}

bootstrap_packaged_pgtap() {
  apt-cache pkgnames postgresql- 2>/dev/null | grep -x 'postgresql-[0-9]*-pgtap' | sort -V
}

# pgTAP is SQL: a server without a package of it takes another version's, from
# tmp/pgtap, when cluster_prepare_server copies it.
bootstrap_unpack_pgtap() {
  local to package root
  root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
  to=$root/tmp/pgtap
  [[ ! -e $to/pgtap.control ]] || return 0
  package=$(bootstrap_packaged_pgtap | tail -n 1)
  [[ -n $package ]] || die "pgTAP is not installed, and apt knows no package of it"
  say "taking pgTAP from $package"
  rm -rf "$to.new" && mkdir -p "$to.new"
  (cd "$to.new" && apt-get -qq download "$package" && dpkg-deb -x ./*.deb .) || die "no pgTAP could be had"
  mv "$to.new"/usr/share/postgresql/*/extension "$to" && rm -rf "$to.new"
}

# Prints the packages that are missing for the set $1 with server version $2
# (empty: the server is not the distribution's, and ours to use only).
bootstrap_missing() {
  local set=$1 pg=$2 share
  command -v cc >/dev/null || echo gcc
  [[ -e /usr/include/stdio.h ]] || echo libc6-dev
  command -v make >/dev/null || echo make
  command -v flock >/dev/null || echo util-linux
  [[ -e /usr/share/zoneinfo/Europe/Berlin ]] || echo tzdata
  if [[ -n $pg ]]; then
    [[ -x /usr/lib/postgresql/$pg/bin/postgres ]] || echo "postgresql-$pg"
    [[ -e /usr/include/postgresql/$pg/server/postgres.h ]] || echo "postgresql-server-dev-$pg"
    share=/usr/share/postgresql/$pg
  else
    share=$("$PG_CONFIG" --sharedir)
  fi
  if [[ $set == check ]]; then
    if [[ ! -e $share/extension/pgtap.control ]] && bootstrap_knows_pgtap "$pg"; then
      echo "postgresql-$pg-pgtap"
    fi
    command -v prove >/dev/null || echo perl
    command -v pg_prove >/dev/null || echo libtap-parser-sourcehandler-pgtap-perl
    perl -MIPC::Run -e 1 2>/dev/null || echo libipc-run-perl
  fi
  if [[ $set == relay ]]; then
    bootstrap_missing_relay_libraries
    bootstrap_missing_relay
  elif [[ $set == lint ]]; then
    bootstrap_missing_relay_libraries
    bootstrap_missing_lint
  elif [[ $set == gateway ]]; then
    bootstrap_missing_gateway
  elif [[ $set == recurrence && ! -d /usr/lib/python3/dist-packages/dateutil ]]; then
    echo python3-dateutil
  fi
}

bootstrap_missing_gateway() {
  # A nodejs that is not Debian's brings its own npm.
  command -v node >/dev/null || echo nodejs
  command -v npm >/dev/null || echo npm
  [[ -x /usr/sbin/pgbouncer ]] || echo pgbouncer
  [[ -d /usr/lib/python3/dist-packages/psycopg2 ]] || echo python3-psycopg2
  [[ -d /usr/lib/python3/dist-packages/psycopg ]] || echo python3-psycopg
}

bootstrap_missing_lint() {
  local tool
  for tool in perl shellcheck cppcheck clang-tidy; do
    command -v "$tool" >/dev/null || echo "$tool"
  done
  command -v pg_bsd_indent >/dev/null || echo pg-bsd-indent
  command -v objdump >/dev/null || echo binutils
}

bootstrap_missing_relay_libraries() {
  command -v pkg-config >/dev/null || echo pkg-config
  [[ -e /usr/include/amqp.h || -e /usr/include/rabbitmq-c/amqp.h ]] || echo librabbitmq-dev
  [[ -e /usr/include/openssl/hmac.h ]] || echo libssl-dev
  compgen -G '/usr/include/curl/curl.h' >/dev/null || compgen -G '/usr/include/*/curl/curl.h' >/dev/null ||
    echo libcurl4-openssl-dev
}

bootstrap_missing_relay() {
  command -v openssl >/dev/null || echo openssl
  [[ -x /usr/lib/rabbitmq/bin/rabbitmq-server ]] || echo rabbitmq-server
  [[ -d /usr/lib/python3/dist-packages/aiosmtpd ]] || echo python3-aiosmtpd
}

bootstrap() {
  local set=$1 pg='' missing updated=
  if [[ -n ${PG_CONFIG:-} ]]; then
    PG_CONFIG=$(command -v "$PG_CONFIG") || die "PG_CONFIG is not a program"
    [[ $("$PG_CONFIG" --bindir) =~ ^/usr/lib/postgresql/([0-9]+)/bin$ ]] && pg=${BASH_REMATCH[1]}
  else
    pg=${QB_PG:-$(bootstrap_installed_pg)}
    if [[ -z $pg ]]; then
      pg=$(bootstrap_packaged_pg)
      if [[ -z $pg ]]; then
        bootstrap_become_root gcc make postgresql 'postgresql-server-dev-all'
        bootstrap_update
        updated=yes
        pg=$(bootstrap_packaged_pg)
      fi
      [[ -n $pg ]] || die 'apt knows no package "postgresql"'
    fi
    [[ $pg -ge $qb_oldest_pg ]] || die "PostgreSQL $qb_oldest_pg or later is needed, not $pg"
  fi

  mapfile -t missing < <(bootstrap_missing "$set" "$pg")
  if [[ ${#missing[@]} -gt 0 ]]; then
    bootstrap_become_root "${missing[@]}"
    if [[ -z $updated ]] && ! apt-get -s -qq install "${missing[@]}" >/dev/null 2>&1; then
      bootstrap_update
      updated=yes
    fi
    # Package lists that are out of date show only now, as files not found.
    if ! bootstrap_install "${missing[@]}"; then
      [[ -z $updated ]] || die 'apt-get failed'
      bootstrap_update
      bootstrap_install "${missing[@]}" || die 'apt-get failed'
    fi
    mapfile -t missing < <(bootstrap_missing "$set" "$pg")
    [[ ${#missing[@]} -eq 0 ]] || die "installed, and still not there: ${missing[*]}"
  fi
  export PG_CONFIG=${PG_CONFIG:-/usr/lib/postgresql/$pg/bin/pg_config}
  if [[ $set == check && ! -e $("$PG_CONFIG" --sharedir)/extension/pgtap.control ]]; then
    bootstrap_unpack_pgtap
  fi
  if [[ $set == gateway ]]; then
    bootstrap_npm
  fi
}

# Copies test/gateway to tmp/gateway and puts node_modules beside each lock
# file there, exactly what the lock file says, without running any script of a
# package. The sources stay as they are; a second run copies and no more.
bootstrap_npm() {
  local root from to dir stamp log
  root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
  from=$root/test/gateway
  to=$root/tmp/gateway
  mkdir -p "$to" || die "cannot write $to"
  log=$to/npm.log
  (
    flock 9
    for dir in . v4 v5; do
      mkdir -p "$to/$dir" && cp -p "$from/$dir"/package*.json "$to/$dir" || die "cannot write $to/$dir"
      stamp="$(cksum <"$from/$dir/package-lock.json") $(uname -m)"
      [[ $(cat "$to/$dir/node_modules/stamp" 2>/dev/null) != "$stamp" ]] || continue
      say "installing the npm packages of test/gateway/$dir"
      rm -rf "$to/$dir/node_modules"
      (cd "$to/$dir" && npm ci --cache "$root/tmp/npm" --prefer-offline --ignore-scripts --no-audit --no-fund) >"$log" 2>&1 </dev/null ||
        { cat "$log" >&2 && die "npm ci failed in $to/$dir"; }
      echo "$stamp" >"$to/$dir/node_modules/stamp"
    done
    cp -Rp "$from/." "$to" || die "cannot write $to"
  ) 9>"$to/lock" || exit
  export QB_GATEWAY=$to
}
