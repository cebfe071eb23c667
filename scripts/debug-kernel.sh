# SPDX-License-Identifier: MIT
# The sanitizer kernel: Debian's source with KASAN, lockdep and the other checkers that its
# own build leaves out. Not part of CI: it takes half an hour to build. Sourced by build.sh.

# What its build needs beyond scripts/packages.txt.
DEBUG_KERNEL_PACKAGES=(linux-source-6.1 flex bison bc libssl-dev)

# Sets KDIR and KIMAGE to the sanitizer kernel's.
use_debug_kernel() {
	local build=$OUT/kernel-debug/build
	step debug-packages "run: apt-get install ${DEBUG_KERNEL_PACKAGES[*]}" install_debug_packages
	step debug-source "remove out/kernel-debug and try again" unpack_debug_source
	step debug-kernel "see the compiler's message above" build_debug_kernel "$build"
	KDIR=$build
	KIMAGE=$OUT/kernel-debug/image
}

install_debug_packages() {
	dpkg-query -W "${DEBUG_KERNEL_PACKAGES[@]}" >/dev/null 2>&1 || apt_install "${DEBUG_KERNEL_PACKAGES[@]}"
}

unpack_debug_source() {
	[ ! -d "$OUT/kernel-debug/linux-source-6.1" ] || return 0
	mkdir -p "$OUT/kernel-debug/part"
	tar -C "$OUT/kernel-debug/part" -xf /usr/src/linux-source-6.1.tar.xz
	mv "$OUT/kernel-debug/part/linux-source-6.1" "$OUT/kernel-debug/"
}

# build_debug_kernel FOLDER: the options are few and explicit; one that the kernel dropped is an error.
build_debug_kernel() {
	local build=$1 option release
	mkdir -p "$build"
	make -s -C "$OUT/kernel-debug/linux-source-6.1" O="$build" KCONFIG_ALLCONFIG="$ROOT/qemu/debug-kernel.config" allnoconfig
	for option in $(grep -E '^CONFIG_[A-Z0-9_]+=y$' qemu/debug-kernel.config); do
		grep -qx "$option" "$build/.config" || { echo "the kernel dropped $option"; return 1; }
	done
	make -s -C "$build" -j"$(nproc)" LOCALVERSION=-peios-debug bzImage modules
	release=$(cat "$build/include/config/kernel.release")
	mkdir -p "$OUT/kernel-debug/image/boot"
	cp "$build/arch/x86/boot/bzImage" "$OUT/kernel-debug/image/boot/vmlinuz-$release"
}
