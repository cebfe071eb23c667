#!/bin/bash
# SPDX-License-Identifier: MIT
# Boots Debian's kernel with pkm.ko and runs static test programs in it.
set -euo pipefail

usage() {
	cat <<'USAGE'
usage: qemu/ktest.sh [options] PROGRAM...

Boots the distribution kernel with a minimal initramfs, loads pkm.ko, runs each
PROGRAM (a static binary or a busybox sh script) as root, prints its output (TAP)
and exits with the number of programs that failed (255: the guest did not finish,
or the kernel printed a WARN, BUG or Oops).

  -m MODULE     module to load (default pkm/pkm.ko)
  -p PARAMS     module parameters (default "mode=enforce")
  -l LSMS       LSM list of the kernel (default landlock,lockdown,yama,integrity,bpf)
  -a APPEND     more kernel command line
  -c CPUS       CPUs (default 1)
  -C MODEL      model of the CPU (default max)
  -i            count instructions: a nanosecond of guest time is one instruction, idle
                time passes at once
  -M            one host thread for each CPU: real races, but only without hooks
                (mode=off; HAZ-046)
  -n            do not load the module (the programs do; it is /pkm.ko)
  -f FILE       also copy FILE to /
  -t SECONDS    give up after this long (default 120)
  -k            keep the guest's console log and print its name
  -h, --help    this text

Tests in C: include tests/Vm/guest/tap.h and build with
  gcc -static -O2 -Wall -Werror -Ipkm/include/uapi -o out/guest/NAME tests/Vm/guest/NAME.c
The kernel is the image package of the same version as the headers that built the
module, unpacked below out/kernel (PEIOS_KERNEL names another folder).
USAGE
}

repo=$(cd "$(dirname "$0")/.." && pwd)
module=$repo/pkm/pkm.ko params=mode=enforce lsm=landlock,lockdown,yama,integrity,bpf
append= cpus=1 model=max load=1 limit=120 keep=0 threads=single extra=() icount=()
while [ $# -gt 0 ]; do
	case $1 in
	-m) module=$2; shift 2 ;;
	-p) params=$2; shift 2 ;;
	-l) lsm=$2; shift 2 ;;
	-a) append=$2; shift 2 ;;
	-c) cpus=$2; shift 2 ;;
	-C) model=$2; shift 2 ;;
	-i) icount=(-icount shift=0,sleep=off); shift ;;
	-M) threads=multi; shift ;;
	-n) load=0; shift ;;
	-f) extra+=("$2"); shift 2 ;;
	-t) limit=$2; shift 2 ;;
	-k) keep=1; shift ;;
	-h|--help) usage; exit 0 ;;
	-*) usage >&2; exit 255 ;;
	*) break ;;
	esac
done
[ $# -gt 0 ] || { usage >&2; exit 255; }
[ -f "$module" ] || { echo "ktest: $module is missing: make -C pkm" >&2; exit 255; }

version=$(modinfo -F vermagic "$module" | cut -d' ' -f1)
kernels=${PEIOS_KERNEL:-$repo/out/kernel}
vmlinuz=$kernels/boot/vmlinuz-$version
if [ ! -f "$vmlinuz" ]; then
	echo "ktest: unpacking linux-image-$version into $kernels" >&2
	mkdir -p "$kernels"
	(cd "$kernels" && apt-get -qq download "linux-image-$version" &&
		dpkg-deb -x "linux-image-$version"_*.deb . && rm "linux-image-$version"_*.deb)
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root"/{bin,dev,proc,sys,tmp,test}
cp "$(command -v busybox)" "$root/bin/busybox"
cp "$module" "$root/pkm.ko"
for file in "${extra[@]}"; do cp "$file" "$root/"; done
number=0
for program in "$@"; do
	number=$((number + 1))
	cp "$program" "$root/test/$(printf %02d $number)-$(basename "$program")"
done
chmod -R 755 "$root/test"

cat > "$root/init" <<INIT
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mount -t securityfs none /sys/kernel/security
mount -t tmpfs none /tmp
exec > /dev/console 2>&1 < /dev/null
failed=0
if [ $load = 1 ]; then
	insmod /pkm.ko $params || { echo "ktest: insmod failed"; failed=100; }
fi
for program in /test/*; do
	[ \$failed = 100 ] && break
	echo "# \${program##*/}"
	"\$program" || { echo "# \${program##*/} failed with \$?"; failed=\$((failed + 1)); }
done
dmesg | grep -E 'WARNING:|BUG:|Oops|general protection|kernel panic|INFO: (task|rcu)' && failed=200
echo "ktest-exit \$failed"
sync
poweroff -f
INIT
chmod 755 "$root/init"
(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) > "$work/initramfs"

log=$work/console
timeout "$limit" qemu-system-x86_64 -accel "tcg,thread=$threads" "${icount[@]}" -cpu "$model" -m 512M -smp "$cpus" \
	-nodefaults -no-reboot -display none -serial stdio \
	-kernel "$vmlinuz" -initrd "$work/initramfs" \
	-append "console=ttyS0 quiet loglevel=5 panic=-1 oops=panic no_timer_check lsm=$lsm $append" \
	< /dev/null 2>&1 | tr -d '\r' > "$log" || true
[ $keep = 1 ] && { cp "$log" "$repo/out/ktest.log"; echo "ktest: console log in out/ktest.log" >&2; }
grep -v '^ktest-exit ' "$log" || true
status=$(sed -n 's/^ktest-exit //p' "$log" | tail -1)
if [ -z "$status" ]; then
	echo "ktest: the guest did not finish (limit ${limit}s) or panicked" >&2
	exit 255
fi
[ "$status" -lt 200 ] || { echo "ktest: the kernel complained" >&2; exit 255; }
exit "$status"
