# SPDX-License-Identifier: MIT
# The suites and their sum. Sourced by build.sh.

help_test() {
	cat <<'TEXT'
Usage: ./build.sh test [FILTER]

Runs the suites: managed (xunit on this machine).
FILTER keeps the xunit tests whose full name contains it.
The last line is "N passed, N failed"; the exit status is 0 only if nothing failed.
TEXT
}

PASSED=0
FAILED=0

cmd_test() {
	need_deps
	find_kernel
	echo "build (kernel $KVER)"
	build_native
	build_managed
	echo "test"
	xunit_suite managed tests/Managed/Tests.Managed.csproj "${1:-}"
	echo "$PASSED passed, $FAILED failed"
	[ "$FAILED" = 0 ]
}

# count NAME PASSED FAILED: adds a suite to the sum.
count() {
	PASSED=$((PASSED + $2))
	FAILED=$((FAILED + $3))
	printf '%5d passed %5d failed\n' "$2" "$3"
}

# xunit_suite NAME PROJECT FILTER: a crashed or empty run counts as one failure.
xunit_suite() {
	local name=$1 log=$LOGS/test-$1.log results=$OUT/results/$1.trx passed failed status=0
	rm -f "$results"
	printf '  %-28s' "$name"
	dotnet test "$2" -c Release --no-build --logger "trx;LogFileName=$results" \
		${3:+--filter "FullyQualifiedName~$3"} >"$log" 2>&1 </dev/null 9>&- || status=$?
	passed=$(grep -o '<Counters [^>]*' "$results" 2>/dev/null | sed -n 's/.* passed="\([0-9]*\)".*/\1/p')
	failed=$(grep -o '<Counters [^>]*' "$results" 2>/dev/null | sed -n 's/.* failed="\([0-9]*\)".*/\1/p')
	if [ "$status" != 0 ] && [ "${failed:-0}" = 0 ]; then failed=$((${failed:-0} + 1)); fi
	count "$name" "${passed:-0}" "${failed:-0}"
	[ "${failed:-0}" = 0 ] || show_failures "$log"
}

show_failures() {
	grep -aE -A 12 '^ *(Failed |\[xUnit.net.*\[FAIL\])|error|aborted' "$1" | head -n 120 | sed 's/^/    /' || true
	echo "    (whole log: ${1#"$ROOT"/})"
}
