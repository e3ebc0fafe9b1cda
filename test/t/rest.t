#!/usr/bin/env bash
# A clinic's day over REST, by the client of Supabase: through PostgREST if it is
# on the PATH, else through postgrest_like, a stand-in written from its documentation.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR/../lib source=bootstrap.sh
. "$QB_LIB/bootstrap.sh" && bootstrap gateway >&2
QB_POSTGREST=$(command -v postgrest || true)
export QB_POSTGREST
echo "# through ${QB_POSTGREST:-postgrest_like}"
# The client wants a newer Node than Debian's: one came with it.
node=$(echo "$QB_GATEWAY"/node_modules/node-linux-*/bin/node)
timeout 120 "$node" "$QB_GATEWAY/rest/test.js" 2>&1 |
	awk '{ print } /^(not )?ok / { n++ } END { print "1.." n }'
status=${PIPESTATUS[0]}
[[ $status -eq 0 ]] || echo "Bail out! the test ended with status $status"
