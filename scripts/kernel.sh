# SPDX-License-Identifier: MIT
# Which kernel: Debian's newest cloud kernel, headers and image of one version. Sourced by build.sh.

# Sets KVER (release), KDIR (headers) and KIMAGE (unpacked image package). Asks apt once, then
# stays with the answer until `build.sh clean`: a build must not change kernels under itself.
find_kernel() {
	local choice=$OUT/kernel/release
	[ -s "$choice" ] || step kernel-choose "install linux-headers-cloud-amd64 (./build.sh deps)" choose_kernel
	KVER=$(cat "$choice")
	KDIR=/lib/modules/$KVER/build
	KIMAGE=$OUT/kernel/$KVER
	[ -d "$KDIR" ] || step kernel-headers "run: apt-get install linux-headers-$KVER" apt_install "linux-headers-$KVER"
}

choose_kernel() {
	local package
	package=$(apt-cache depends linux-headers-cloud-amd64 | sed -n 's/^ *Depends: \(linux-headers-[0-9].*\)$/\1/p' | head -n 1)
	[ -n "$package" ] || return 1
	mkdir -p "$OUT/kernel"
	echo "${package#linux-headers-}" >"$OUT/kernel/release"
}

# The image package is only unpacked below out/: nothing is installed on this machine.
fetch_kernel() {
	find_kernel
	[ -e "$KIMAGE/boot/vmlinuz-$KVER" ] && return 0
	step kernel-image "run: apt-get update; the image must have the version of the installed headers" unpack_kernel
}

unpack_kernel() {
	local version
	version=$(dpkg-query -W -f='${Version}' "linux-headers-$KVER")
	mkdir -p "$OUT/kernel/download"
	(cd "$OUT/kernel/download" && { apt-get download "linux-image-$KVER=$version" ||
		{ as_root apt-get update && apt-get download "linux-image-$KVER=$version"; }; })
	rm -rf "$KIMAGE"
	dpkg-deb -x "$OUT/kernel/download/linux-image-$KVER"_*.deb "$KIMAGE.part"
	depmod -b "$KIMAGE.part" "$KVER"
	mv "$KIMAGE.part" "$KIMAGE"
}
