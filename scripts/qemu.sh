# SPDX-License-Identifier: MIT
# Running the image on this terminal. Sourced by build.sh.

REDIS_PORT=${PEIOS_REDIS_PORT:-16379}
NGINX_PORT=${PEIOS_NGINX_PORT:-18080}
KERNEL_LSMS=landlock,lockdown,yama,integrity,bpf

help_run() {
	cat <<TEXT
Usage: ./build.sh run [KERNEL-PARAMETER...]

Boots the shipped image on this terminal: log in is not needed, the console is a SYSTEM shell.
The disk is out/image/disk.img; it keeps its state between runs. When the image is
built anew the disk is too; the former is then out/image/disk.img.old.
  svctl shutdown poweroff   ends the system; Ctrl-A X is a power cut
  redis                     host port $REDIS_PORT (PEIOS_REDIS_PORT)
  nginx                     http://localhost:$NGINX_PORT/ (PEIOS_NGINX_PORT)
Kernel parameters: peios.recovery=1, peios.bootattempts=N, pkm.mode=off|audit|enforce
TEXT
}

help_tour() {
	cat <<'TEXT'
Usage: ./build.sh tour

Boots the test image (the shipped one plus an agent that types) and prints an annotated transcript of
the system at work. Stops with exit status 1 at the first step that does not hold.
TEXT
}

cmd_run() {
	local started
	started=$(date +%s)
	cmd_build
	make_images
	prepare_disk
	choose_accelerator
	cat <<TEXT

Booting with $ACCELERATOR. Type at the prompt that comes; Ctrl-A X is a power cut.
redis: localhost:$REDIS_PORT    nginx: http://localhost:$NGINX_PORT/

TEXT
	exec qemu-system-x86_64 "${QEMU_MACHINE[@]}" -accel "$ACCELERATOR" -nographic \
		-drive "file=$IMAGES/disk.img,if=virtio,format=raw,cache=writeback" \
		-netdev "user,id=net,hostfwd=tcp:127.0.0.1:$REDIS_PORT-:6379,hostfwd=tcp:127.0.0.1:$NGINX_PORT-:8080" \
		-device virtio-net-pci,netdev=net,romfile= -device virtio-rng-pci \
		-kernel "$KIMAGE/boot/vmlinuz-$KVER" -initrd "$IMAGES/initramfs.gz" \
		-append "console=ttyS0 quiet loglevel=4 lsm=$KERNEL_LSMS panic=5 peios.started=$started $*" 9>&-
}

QEMU_MACHINE=(-M pc -cpu max -m 512M -no-reboot)

# A new image starts with a new disk; otherwise what the guest wrote stays. A machine that still runs keeps its file.
prepare_disk() {
	local made=$STAMPS/root-images disk=$IMAGES/disk.img
	if [ ! -e "$disk" ] || [ "$made" -nt "$disk.made" ]; then
		[ ! -e "$disk" ] || { mv "$disk" "$disk.old"; echo "the image is new, and so is its disk; the former: ${disk#"$ROOT"/}.old"; }
		cp --sparse=always "$IMAGES/peios.img" "$disk.part"
		mv "$disk.part" "$disk"
		touch "$disk.made"
	fi
}

# /dev/kvm may exist and still not run this machine (its processor model, for one): run one. The
# boot sector writes to the port of the debug-exit device, which ends QEMU with status 2 * value + 1.
choose_accelerator() {
	local sector=$OUT/kvm-probe.bin status=0
	ACCELERATOR=tcg,thread=single
	[ -w /dev/kvm ] || return 0
	{ printf '\xb0\x10\xe6\xf4\xf4\xeb\xfd'; head -c 503 /dev/zero; printf '\x55\xaa'; } >"$sector"
	# In a shell of its own: what bash has to say about an aborted program goes to the log too.
	(
		timeout 10 qemu-system-x86_64 "${QEMU_MACHINE[@]}" -accel kvm -display none -nodefaults \
			-drive "file=$sector,format=raw" -device isa-debug-exit,iobase=0xf4,iosize=1
		exit $?
	) >"$LOGS/kvm-probe.log" 2>&1 </dev/null || status=$?
	[ "$status" != 33 ] || ACCELERATOR=kvm
}

cmd_tour() {
	cmd_build
	make_images
	dotnet "$ROOT/tests/Tour/bin/Release/net9.0/tour.dll" 9>&-
}
