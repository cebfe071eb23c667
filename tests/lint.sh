#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# House rules that a machine can check (style: docs/testing.md). Prints every offence; exit 1 if there is one.
set -uo pipefail
cd "$(dirname "$0")/.."

offences=0
offend() { echo "lint: $*"; offences=$((offences + 1)); }

# Tracked files and files about to be tracked.
sources() { git ls-files -co --exclude-standard -- "$@" | while read -r f; do [ -f "$f" ] && echo "$f"; done; }

check_licence_lines() {
	local file
	for file in $(sources '*.c' '*.h'); do
		head -n 1 "$file" | grep -q 'SPDX-License-Identifier:' || offend "$file: first line must be an SPDX identifier"
	done
	for file in $(sources '*.sh' build.sh Makefile .ci/run); do
		head -n 2 "$file" | grep -q 'SPDX-License-Identifier:' || offend "$file: SPDX identifier missing in the first two lines"
	done
}

# Tables are exempt (style.md 2): generated files say so in their first lines.
is_generated() { head -n 5 "$1" | grep -qi 'generated'; }

# limit_lines LIMIT PATTERN...
limit_lines() {
	local limit=$1 file lines
	shift
	for file in $(sources "$@"); do
		lines=$(wc -l <"$file")
		[ "$lines" -le "$limit" ] || is_generated "$file" || offend "$file: $lines lines (limit $limit)"
	done
}

# A header is an interface with its documentation; a mirror follows the header's length (*Abi.cs).
check_file_sizes() {
	limit_lines 600 '*.c'
	limit_lines 800 '*.h'
	limit_lines 400 '*.cs' ':!*Abi.cs'
}

# A function starts at a "{" in column 0 and ends at "}" in column 0 (kernel style).
check_function_sizes() {
	local file hits
	hits=$(for file in $(sources '*.c'); do
		is_generated "$file" && continue
		awk -v file="$file" '
			/^[a-zA-Z_].*\(/ && !/;$/ { head = $0 }
			/^\{/ { start = NR }
			/^\}/ { if (start && NR - start - 1 > 60) print file ": " start ": function of " NR - start - 1 " lines (60): " head; start = 0 }
		' "$file"
	done)
	[ -z "$hits" ] || { echo "$hits"; offend "function too long"; }
}

check_conditionals() {
	local hits
	hits=$(sources 'pkm/*.c' | xargs -r grep -nE '^[[:space:]]*#[[:space:]]*(if|ifdef|ifndef)\b' /dev/null)
	[ -z "$hits" ] || { echo "$hits"; offend "only compat.h may test"; }
}

check_whitespace() {
	local hits
	hits=$(sources '*.c' '*.h' '*.cs' '*.sh' '*.toml' '*.md' '*.csproj' '*.props' ':!docs/spec' ':!*/vectors/*' | xargs -r grep -nE '[[:space:]]+$' /dev/null | head -20)
	[ -z "$hits" ] || { echo "$hits"; offend "trailing white space"; }
	hits=$(sources '*.cs' | xargs -r grep -nP '\t' /dev/null | head -20)
	[ -z "$hits" ] || { echo "$hits"; offend "tab in C# (four blanks)"; }
}

# Absolute paths of a machine, half-done work, and in tests waiting for a time.
check_words() {
	local hits
	hits=$(
		sources '*.c' '*.h' '*.cs' '*.sh' '*.toml' '*.md' '*.props' '*.targets' ':!docs/spec' ':!tests/lint.sh' |
			xargs -r grep -nE '/work/|NotImplementedException|\b(TODO|FIXME|XXX|HACK)\b|Skip ?= ?"' /dev/null
		sources 'tests/*.cs' | xargs -r grep -nE 'Thread\.Sleep|Task\.Delay' /dev/null
	)
	[ -z "$hits" ] || { echo "$hits"; offend "forbidden words"; }
}

# KACS-FMT-010: GUIDs, seeds and keys are not guessed.
check_randomness() {
	local hits
	hits=$(sources 'pkm/*.[ch]' 'interop/*.[ch]' 'interop/*.cs' 'peinit/*.cs' 'userland/*.cs' 'qemu/*.cs' |
		xargs -r grep -nE '\bprandom_|\bs?rand(om)?(_r)?\(|\bSystem\.Random|\bnew Random\b|\bRandom\.Shared' /dev/null)
	[ -z "$hits" ] || { echo "$hits"; offend "predictable numbers: get_random_*() in the kernel, getrandom(2) elsewhere"; }
}

check_shell() {
	local file
	for file in $(sources '*.sh' .ci/run); do
		bash -n "$file" || offend "$file: does not parse"
	done
}

# docs/spec are the sheets as they are in ../shared/spec, where that folder exists.
check_spec_copy() {
	[ -d ../shared/spec ] || { echo "lint: docs/spec not compared: no ../shared/spec"; return 0; }
	diff -rq ../shared/spec docs/spec || offend "docs/spec differs from ../shared/spec"
}

check_format() {
	local file hits
	hits=$(sources '*.c' '*.h' | while read -r file; do is_generated "$file" || echo "$file"; done |
		xargs clang-format --dry-run 2>&1 | grep -E 'warning|error')
	[ -z "$hits" ] || { echo "$hits" | head -n 20; offend "C formatting: clang-format -i mends it"; }
	hits=$(dotnet format whitespace . --folder --verify-no-changes -v q 2>&1 | sed "s|$PWD/||")
	[ -z "$hits" ] || { echo "$hits"; offend "C# formatting: dotnet format whitespace . --folder mends it"; }
}

# The documentation of C interfaces is complete: judged by the kernel's own script.
check_kernel_doc() {
	local script hits
	script=$(ls /usr/src/linux-headers-*-common/scripts/kernel-doc 2>/dev/null | tail -n 1)
	[ -n "$script" ] || { echo "lint: kernel-doc not checked: no kernel headers"; return 0; }
	hits=$(sources 'pkm/*.c' 'pkm/*.h' | while read -r file; do "$script" -none "$file" 2>&1; done)
	[ -z "$hits" ] || { echo "$hits"; offend "kernel-doc"; }
}

check_licence_lines
check_file_sizes
check_function_sizes
check_conditionals
check_whitespace
check_words
check_randomness
check_shell
check_spec_copy
check_format
check_kernel_doc
[ "$offences" = 0 ] && echo "lint: clean"
exit $((offences != 0))
