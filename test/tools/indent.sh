#!/usr/bin/env bash
# make indent and make typedefs: the style of the C sources.
#
#   indent.sh             indents all sources, and puts their #include lines in order
#   indent.sh typedefs    makes src/typedefs.list from a build of its own
# shellcheck source-path=SCRIPTDIR source=../lib/bootstrap.sh
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/../.."
. test/lib/bootstrap.sh
bootstrap lint

if [[ ${1:-} == typedefs ]]; then
  # shellcheck source=../lib/cluster.sh
  . test/lib/cluster.sh
  cluster_build WERROR=1
  make -s -C "$QB_BUILD" PG_CONFIG="$PG_CONFIG" relay
  mapfile -t objects < <(git ls-files 'src/*.c' | sed "s,^\(.*\)c\$,$QB_BUILD/\1o,")
  perl test/tools/indent.pl --typedefs "${objects[@]}" >src/typedefs.list.new
  mv src/typedefs.list.new src/typedefs.list
else
  mapfile -d '' -t files < <(git ls-files -z 'src/*.[ch]')
  perl test/tools/include-order.pl "${files[@]}"
  perl test/tools/indent.pl "${files[@]}"
fi
