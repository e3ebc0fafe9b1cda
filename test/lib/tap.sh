# For the tests in bash: results as TAP, and waiting for a server's answer.
#
#   . "$QB_LIB/tap.sh"
#   is HAVE WANT NAME       a result: are they the same?
#   like HAVE PATTERN NAME  does it match the extended regular expression?
#   comes SQL WANT          calls the test's own sql() until it answers WANT, for
#                           up to $patience seconds; prints the last answer
#   wait_for SQL            the same until it answers 1; else the test ends here
#   done_testing            the plan
# shellcheck shell=bash

tests=0
patience=10

is() {
	tests=$((tests + 1))
	if [[ $1 == "$2" ]]; then
		echo "ok $tests - $3"
	else
		printf 'not ok %s - %s\n# have: %s\n# want: %s\n' "$tests" "$3" "${1//$'\n'/$'\n'# }" "${2//$'\n'/$'\n'# }"
	fi
}

like() {
	if [[ $1 =~ $2 ]]; then is 1 1 "$3"; else is "$1" "(matches) $2" "$3"; fi
}

comes() {
	local i answer
	for ((i = 0; i < patience * 10; i++)); do
		answer=$(sql "$1")
		[[ $answer == "$2" ]] && break
		sleep 0.1
	done
	echo "$answer"
}

wait_for() {
	[[ $(comes "$1" 1) == 1 ]] && return
	echo "Bail out! waited in vain for: $1"
	exit 1
}

done_testing() {
	echo "1..$tests"
}
