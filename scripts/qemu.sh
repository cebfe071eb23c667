# SPDX-License-Identifier: MIT
# Running the image. Sourced by build.sh.

help_run() { echo "Usage: ./build.sh run    boot the image on this terminal"; }
help_tour() { echo "Usage: ./build.sh tour    boot the image and show the system at work"; }
help_bench() { echo "Usage: ./build.sh bench    measure; writes out/bench/results.json"; }

cmd_run() { fail "there is no image to run yet"; }
cmd_tour() { fail "there is no image to show yet"; }
cmd_bench() { fail "there is nothing to measure yet"; }
