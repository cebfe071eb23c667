# SPDX-License-Identifier: MIT
# The suites and their sum. Sourced by build.sh.

help_test() {
	cat <<'TEXT'
Usage: ./build.sh test [--debug-kernel] [FILTER]

Builds the images and runs the suites, cheapest first:
  core      C unit tests of pkm/core, with the address and undefined-behaviour sanitizers
  managed   xunit on this machine: libraries, state machines, codecs, pkm/core
  kernel    C programs in a bare guest with pkm.ko (tests/Vm/guest, qemu/ktest.sh)
  vm        xunit against the booted image (tests/Vm)
--debug-kernel runs only the kernel suite, on a kernel built with KASAN and lockdep (the first time: an hour) and
with the module's test build.
FILTER keeps the tests whose full name (kernel: file name) contains it; `vectors` runs all tests on data of
other implementations (their folder: PEIOS_VECTORS, by default ../shared/vectors) and nothing else.
The last line is "N passed, N failed"; the exit status is 0 only if nothing failed.
TEXT
}

PASSED=0
FAILED=0

# Where the modules under test lie (pkm/, pkm-fault/) and what every boot of the kernel suite is told besides.
MODULES=$OUT
KTEST_MORE=

cmd_test() {
	if [ "${1:-}" = --debug-kernel ]; then
		test_debug_kernel "${2:-}"
		return
	fi
	cmd_build
	build_tests
	# The vectors need no guest.
	[ "${1:-}" = vectors ] || make_images
	echo "test"
	core_suite "${1:-}"
	xunit_suite managed tests/Managed/Tests.Managed.csproj "${1:-}"
	[ "${1:-}" = vectors ] || guest_suites "${1:-}"
	echo "$PASSED passed, $FAILED failed"
	[ "$FAILED" = 0 ]
}

test_debug_kernel() {
	need_deps
	echo "test on the sanitizer kernel"
	use_debug_kernel
	MODULES=$OUT/kernel-debug
	KTEST_MORE="-m $MODULES/pkm-fault/pkm.ko -t 1800"
	kernel_suite "$1"
	echo "$PASSED passed, $FAILED failed"
	[ "$FAILED" = 0 ]
}

guest_suites() {
	kernel_suite "${1:-}"
	xunit_suite vm tests/Vm/Tests.Vm.csproj "${1:-}"
}

# count NAME PASSED FAILED: adds a suite to the sum.
count() {
	PASSED=$((PASSED + $2))
	FAILED=$((FAILED + $3))
	printf '%5d passed %5d failed\n' "$2" "$3"
}

# A filter that fits no test of the program is no failure.
core_suite() {
	local log=$LOGS/test-core.log passed failed status=0
	step core-tests "mend the C error above; make -C tests/Core repeats it" make -C tests/Core OUT="$OUT/tests/core"
	printf '  %-28s' core
	# The program's own default is relative to tests/Core, where make starts it.
	PEIOS_VECTORS=${PEIOS_VECTORS:-$ROOT/../shared/vectors} \
		"$OUT/tests/core/core-tests" ${1:+"$1"} >"$log" 2>&1 </dev/null 9>&- || status=$?
	read -r passed failed < <(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$log" | tail -n 1)
	if [ "$status" != 0 ] && [ "${failed:-0}" = 0 ] && { [ -z "${1:-}" ] || [ "${passed:-}" != 0 ]; }; then failed=1; fi
	count core "${passed:-0}" "${failed:-0}"
	[ "${failed:-0}" = 0 ] || show_failures "$log"
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
	grep -aE -A 12 '^ *(Failed |not ok |.*(runtime error|ERROR: AddressSanitizer)|\[xUnit.net.*\[FAIL\])|error|aborted' "$1" | sed -n '1,120s/^/    /p' || true
	echo "    (whole log: ${1#"$ROOT"/})"
}

# The programs below tests/Vm/guest, each in a boot of its own: they change policies that others rely on.
# A line "ktest: OPTIONS" in a program's first comment asks for other options than the default, mode=enforce.
kernel_suite() {
	local source
	mkdir -p "$OUT/guest"
	step guest-programs "mend the C error above (tests/Vm/guest)" compile_guest_programs
	step pkm-fault "mend the C error above" compile_module_copy "$MODULES/pkm-fault" 1
	for source in tests/Vm/guest/*"${1:-}"*.c; do
		[ ! -e "$source" ] || kernel_boot "$(basename "$source" .c)" "$(ktest_options "$source")"
	done
}

ktest_options() {
	local options
	options=$(head -n 15 "$1" | sed -n 's/.*ktest: *\(-[^*]*\).*/\1/p' | head -n 1 | sed 's/ *$//')
	printf '%s\n' "${options:--p mode=enforce}" # echo would eat -n
}

compile_guest_programs() {
	local source
	for source in tests/Vm/guest/*.c; do
		gcc -static -O2 -Wall -Werror -Ipkm/include/uapi -o "$OUT/guest/$(basename "$source" .c)" "$source" -lpthread || return 1
	done
}

# compile_module_copy FOLDER FAULT: the module again; FAULT=1 has a switch that makes its N-th allocation fail
# (pkm/test/fault.h) and checks the contexts of hooks (pkm/test/context.c).
compile_module_copy() {
	mkdir -p "$1"
	find "$1" -name '*.[ch]' -delete # a source that is gone must not stay in the copy
	tar -C pkm --exclude='*.o' --exclude='.*.cmd' --exclude='*.ko' --exclude='*.mod*' -c . | tar -C "$1" -x
	make -C "$1" KDIR="$KDIR" FAULT="$2"
}

# kernel_boot PROGRAM OPTIONS: one boot, counted by its TAP lines; a guest that did not finish is a failure.
kernel_boot() {
	local name="kernel $1" log=$LOGS/test-kernel-$1.log status=0 passed failed
	printf '  %-28s' "$name"
	# shellcheck disable=SC2086
	PEIOS_KERNEL=$KIMAGE flock /tmp/qemu.lock qemu/ktest.sh -m "$MODULES/pkm/pkm.ko" ${2//out\/pkm/$MODULES/pkm} $KTEST_MORE "$OUT/guest/$1" >"$log" 2>&1 </dev/null 9>&- || status=$?
	passed=$(grep -ac '^ok ' "$log" || true)
	failed=$(grep -ac '^not ok ' "$log" || true)
	if [ "$status" != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
	count "$name" "$passed" "$failed"
	[ "$failed" = 0 ] || show_kernel_failures "$log"
}

show_kernel_failures() {
	{ grep -aE -A 2 '^not ok |WARN|BUG|Oops|did not finish|failed with' "$1" || tail -n 20 "$1"; } | sed -n '1,60s/^/    /p' || true
	echo "    (whole log: ${1#"$ROOT"/})"
}
