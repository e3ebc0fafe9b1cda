# A PostgreSQL with assertions, built once from the distribution's source package.
#
#   . test/lib/assert-server.sh
#   assert_server               builds it where it is not there yet (77: its source
#                               cannot be had), and points PG_CONFIG at it; QB_FLAVOR=assert keeps its
#                               servers apart from others of the version
#
# All of it lies in tmp/assert: package lists and sources of its own (nothing of
# apt's configuration is changed), the tree, the server. It takes some minutes on
# two cores. pgTAP is copied from the installed server of the same version.
# Needs bootstrap.sh.
# shellcheck shell=bash

assert_major=15
assert_dir=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/tmp/assert

# apt-get with lists and sources of its own.
assert_apt() {
  "$1" -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$assert_dir/apt/parts" \
    -o "Dir::State::lists=$assert_dir/apt/lists" -o "Dir::Cache=$assert_dir/apt/cache" \
    -o APT::Sandbox::User=root -q "${@:2}"
}

# The source packages of the distribution, from where the machine has its packages.
assert_lists() {
  local VERSION_CODENAME='' file name
  # shellcheck source=/dev/null
  . /etc/os-release
  rm -rf "$assert_dir/apt/parts"
  mkdir -p "$assert_dir/apt/parts" "$assert_dir/apt/lists/partial" "$assert_dir/apt/cache/archives/partial"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    if [[ ! -e $file ]] || ! grep -q "$VERSION_CODENAME" "$file"; then continue; fi
    name=${file##*/}
    if [[ $name == *.sources ]]; then
      sed 's/^Types:.*/Types: deb-src/' "$file" >"$assert_dir/apt/parts/$name"
    else
      sed -n "s/^deb\([[:space:]].*$VERSION_CODENAME\)/deb-src\1/p" "$file" >"$assert_dir/apt/parts/${name%.list}.list"
    fi
  done
  assert_apt apt-get update || { echo 'the list of source packages cannot be read' && return 77; }
}

# The newest version whose files are there: a mirror may have lost some.
assert_source() {
  local version versions
  assert_lists || return
  mapfile -t versions < <(assert_apt apt-cache showsrc "postgresql-$assert_major" | sed -n 's/^Version: //p' | sort -rV)
  mkdir -p "$assert_dir/source"
  for version in "${versions[@]}"; do
    rm -rf "$assert_dir"/source/* "$assert_dir/tree"
    if (cd "$assert_dir/source" && assert_apt apt-get source --download-only "postgresql-$assert_major=$version") &&
      dpkg-source --no-check -x "$assert_dir"/source/*.dsc "$assert_dir/tree"; then
      return
    fi
  done
  echo "there is no source package of postgresql-$assert_major to be had"
  return 77
}

assert_make() {
  local contrib
  rm -rf "$assert_dir/build" "$assert_dir/pgsql"
  mkdir -p "$assert_dir/build"
  (
    cd "$assert_dir/build" &&
      ../tree/configure -q --prefix="$assert_dir/pgsql" --enable-cassert --enable-debug --with-openssl \
        --without-readline --with-system-tzdata=/usr/share/zoneinfo CFLAGS='-Og -g' &&
      nice make -s -j2 && nice make -s install || exit
    for contrib in btree_gist pgcrypto; do
      nice make -s -C "contrib/$contrib" install || exit
    done
  ) || return
  # the sources stay, for a debugger
  rm -rf "$assert_dir/build"
}

assert_server() {
  local status missing=() ours=$assert_dir/pgsql theirs=/usr/share/postgresql/$assert_major/extension log=$assert_dir/build.log
  command -v dpkg-source >/dev/null || missing+=(dpkg-dev)
  [[ -e /usr/include/openssl/hmac.h ]] || missing+=(libssl-dev)
  [[ -e /usr/include/zlib.h ]] || missing+=(zlib1g-dev)
  command -v xz >/dev/null || missing+=(xz-utils)
  command -v bzip2 >/dev/null || missing+=(bzip2)
  [[ -e $theirs/pgtap.control ]] || missing+=("postgresql-$assert_major-pgtap")
  if [[ ${#missing[@]} -gt 0 ]]; then
    bootstrap_become_root "${missing[@]}"
    bootstrap_install "${missing[@]}" || { bootstrap_update && bootstrap_install "${missing[@]}"; } || die 'apt-get failed'
  fi
  mkdir -p "$assert_dir"
  (
    flock 9
    if [[ ! -e $ours/done ]]; then
      say "building PostgreSQL $assert_major with assertions; it takes some minutes, once ($log)"
      { assert_source && assert_make; } >"$log" 2>&1 || { status=$? && tail -n 20 "$log" >&2 && exit "$status"; }
      touch "$ours/done"
    fi
    cp "$theirs"/pgtap* "$ours/share/extension"
  ) 9>"$assert_dir/lock" || { status=$? && echo 'there is no server with assertions' >&2 && return "$status"; }
  export PG_CONFIG=$ours/bin/pg_config QB_FLAVOR=assert
}
