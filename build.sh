#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The one way to build, boot and test Peios. `./build.sh --help` lists the commands.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

. scripts/common.sh
. scripts/deps.sh
. scripts/kernel.sh
. scripts/compile.sh
. scripts/image.sh
. scripts/qemu.sh
. scripts/debug-kernel.sh
. scripts/test.sh
. scripts/bench.sh

usage() {
	cat <<'TEXT'
Usage: ./build.sh COMMAND [--help] [ARGUMENT...]

  deps     install what the build needs (apt), and say why
  build    compile the kernel module, the C library and all programs
  image    make the bootable disk image and initramfs
  run      boot the image on this terminal
  tour     boot the image and show the system at work, step by step
  test     run the tests [that match FILTER]
  bench    measure, print a table, write out/bench/results.json
  clean    remove everything that was built

Each command does first what it needs: `./build.sh run` works on a clean machine.
Logs of every step are in out/logs.
TEXT
}

command=${1:-}
[ $# -eq 0 ] || shift
case $command in
deps | build | image | run | tour | test | bench | clean)
	for argument in "$@"; do
		[ "$argument" != --help ] && [ "$argument" != -h ] || { "help_$command"; exit 0; }
	done
	case $command in
	run | test) ;;
	*) [ $# -eq 0 ] || { echo "build.sh: '$command' takes no argument, got '$1'" >&2; "help_$command" >&2; exit 2; } ;;
	esac
	take_tree_lock
	"cmd_$command" "$@"
	;;
-h | --help | help) usage ;;
'') usage >&2; exit 2 ;;
*) echo "build.sh: unknown command '$command'" >&2; usage >&2; exit 2 ;;
esac
