#!/usr/bin/env bash
# Runs a command beside a private server that has quickbook installed (the
# extension is not created in any database), and stops the server after it.
#
#   test/lib/with-cluster.sh COMMAND [ARG…]
#
# QB_CONF holds more lines for postgresql.conf.
# shellcheck source-path=SCRIPTDIR source=cluster.sh
. "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"

[[ $# -gt 0 ]] || die 'with-cluster.sh: which command?'
bootstrap run
# shellcheck disable=SC2119
cluster_build
name=with-cluster.$$
trap 'cluster_drop "$name"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
cluster_init "$name" "${QB_CONF:-}"
cluster_start "$name"
"$@"
