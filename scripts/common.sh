# SPDX-License-Identifier: MIT
# Steps, logs, stamps. Sourced by build.sh.

ROOT=$PWD
OUT=$ROOT/out
LOGS=$OUT/logs
STAMPS=$OUT/stamps
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
mkdir -p "$LOGS" "$STAMPS"

fail() {
	echo "build.sh: $*" >&2
	exit 1
}

# Two builds in one tree would write the same files; the second waits for the first.
take_tree_lock() {
	exec 9>"$OUT/.lock"
	flock -n 9 || { echo "waiting for another build.sh in this tree"; flock 9; }
}

# step NAME ADVICE COMMAND...: one progress line; the command's output goes to out/logs/NAME.log.
step() {
	local name=$1 advice=$2 log=$LOGS/$1.log start=$SECONDS status
	shift 2
	printf '  %-28s' "$name"
	# Not as a condition: bash would then ignore errexit in every function that the command calls.
	set +e
	(
		set -e
		"$@"
	) >"$log" 2>&1 </dev/null 9>&-
	status=$?
	set -e
	if [ "$status" = 0 ]; then
		printf 'ok  %4d s\n' $((SECONDS - start))
		return 0
	fi
	printf 'FAILED\n'
	report_failure "$name" "$log" "$advice"
	exit 1
}

report_failure() {
	{
		echo
		echo "Step '$1' failed. Last lines of ${2#"$ROOT"/}:"
		tail -n 20 "$2" | sed 's/^/    /'
		echo
		echo "What to do: $3"
	} >&2
}

# What the files below the given paths looked like; changes when one is edited, added or removed.
digest() {
	{
		find "$@" \( -name bin -o -name obj -o -name '.*' \) -prune -o -type f \
			-printf '%p %s %T@\n' 2>/dev/null || true
	} | sort | sha256sum | cut -d' ' -f1
}

# unchanged NAME DIGEST OUTPUT...: was NAME made from the same inputs, and are its outputs still there?
unchanged() {
	local name=$1 sum=$2 output
	shift 2
	[ "$(cat "$STAMPS/$name" 2>/dev/null)" = "$sum" ] || return 1
	for output in "$@"; do [ -e "$output" ] || return 1; done
	printf '  %-28sup to date\n' "$name"
}

remember() { echo "$2" >"$STAMPS/$1"; }

help_clean() { echo "Usage: ./build.sh clean    remove out/ and every bin/ and obj/ (the guest's disk state too)"; }

cmd_clean() {
	make -s -C pkm clean KDIR="${KDIR:-}" >/dev/null 2>&1 || true
	find . -path ./.git -prune -o -type d \( -name bin -o -name obj \) -print0 | xargs -0 rm -rf
	find pkm \( -name '*.o' -o -name '*.ko' -o -name '*.mod' -o -name '*.mod.c' -o -name '.*.cmd' \) -delete
	rm -rf out
	echo "clean"
}
