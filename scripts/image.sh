# SPDX-License-Identifier: MIT
# The disk image and the initramfs. Sourced by build.sh.

help_image() { echo "Usage: ./build.sh image    make out/image/peios.img and out/image/initramfs.gz"; }

cmd_image() { fail "the image builder has not been written yet"; }
