# SPDX-License-Identifier: MIT
# The disk images and the initramfs. Sourced by build.sh.

IMAGES=$OUT/image
IMAGE_SIZE=1G
MKIMAGE=$ROOT/qemu/Mkimage/bin/Release/net9.0/mkimage.dll

help_image() {
	cat <<'TEXT'
Usage: ./build.sh image    build everything and make the images

  out/image/peios.img      the shipped root file system (ext4, sparse)
  out/image/test.img       the same plus the agent of the tests
  out/image/initramfs.gz   drivers, pkm.ko and /init
  qemu/manifests/*.toml    what goes in; qemu/seed/*.toml: the registry's first content
TEXT
}

cmd_image() {
	cmd_build
	make_images "$@"
}

make_images() {
	fetch_kernel
	echo "image"
	mkdir -p "$IMAGES"
	make_initramfs
	make_roots
}

make_initramfs() {
	local sum
	sum=$(digest qemu/initramfs qemu/Mkimage "$OUT/pkm/pkm.ko")-$KVER
	unchanged initramfs "$sum" "$IMAGES/initramfs.gz" && return
	step initramfs "see the message above" dotnet "$MKIMAGE" initramfs "$IMAGES/initramfs.gz" "$KIMAGE" "$KVER" \
		"$(command -v busybox)" qemu/initramfs/init "$OUT/pkm/pkm.ko"
	remember initramfs "$sum"
}

# The test image is the shipped one plus one layer: staged once, written twice.
make_roots() {
	local sum
	sum=$(digest qemu/Mkimage qemu/files qemu/seed qemu/manifests "$OUT"/bin/*)
	unchanged root-images "$sum" "$IMAGES/peios.img" "$IMAGES/test.img" && return
	step root-images "see the message above; rm -r out/packages discards a broken package cache" stage_roots
	remember root-images "$sum"
}

stage_roots() {
	local manifests=qemu/manifests
	fakeroot -- dotnet "$MKIMAGE" root "$IMAGES/stage" "$OUT/packages" "$OUT/bin/registryd" "$IMAGE_SIZE" \
		$manifests/base.toml $manifests/core.toml $manifests/platform.toml $manifests/demo.toml "$IMAGES/peios.img" \
		$manifests/test.toml "$IMAGES/test.img"
	rm -rf "$IMAGES/stage"
}
