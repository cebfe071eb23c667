# SPDX-License-Identifier: MIT
# Measurements. Sourced by build.sh.

BENCH=$ROOT/tests/Bench/bin/Release/net9.0/bench.dll

help_bench() {
	cat <<'TEXT'
Usage: [PEERS=1] ./build.sh bench

Measures access decisions, events, boots, shutdown, memory and restart latency, prints a table and writes the same to
out/bench/results.json. Boots are counted in instructions of one emulated processor
(-icount shift=0), so the figures do not depend on this machine; access decisions natively, in
nanoseconds; eventd natively, from a ring of the module's own code to the disk. PEERS=1 asks Samba's engine the same
questions (needs samba-dev), floods journald (as root) and boots the same workload under a static C loop and Debian's
runit, s6 and systemd. Without it, and for dinit always, the table names figures of an earlier run as such.
Takes a few minutes.
TEXT
}

cmd_bench() {
	cmd_build
	make_images
	echo "bench"
	mkdir -p "$OUT/bench/guest"
	step bench-programs "mend the C error above (tests/Bench/guest)" compile_bench_programs
	step bench-access "mend the C error above (tests/Bench/guest)" \
		gcc -std=gnu11 -static -O2 -Wall -Wextra -Werror -Wno-missing-field-initializers -Ipkm/include -Ipkm/include/uapi \
		-o "$OUT/bench/guest/access" tests/Bench/guest/access.c tests/Core/bench/common.c "$OUT/native/libpkmcore.a"
	step bench-events "mend the C error above (tests/Bench/guest)" \
		gcc -static -O2 -Wall -Wextra -Werror -Ipkm/include/uapi -o "$OUT/bench/guest/events" tests/Bench/guest/events.c
	step bench-pkm.ko "mend the C error above (pkm/test/bench.c)" compile_bench_module
	step bench-workload "see the message above" dotnet "$BENCH" prepare
	step bench-roots "see the message above" stage_bench_roots
	[ -z "${PEERS:-}" ] || step bench-peers "see the message above" stage_peer_roots
	PEIOS_KERNEL=$KIMAGE dotnet "$BENCH" run 9>&-
	step bench-eventd "mend the error above; dotnet publish -c Release tests/EventBench repeats it" \
		publish tests/EventBench/EventBench.csproj eventbench
	"$OUT/bin/eventbench" "$OUT/bench" 9>&-
}

# The module as it ships, and one file that emits in a loop.
compile_bench_module() {
	mkdir -p "$OUT/pkm-bench"
	find "$OUT/pkm-bench" -name '*.[ch]' -delete # a source that is gone must not stay in the copy
	tar -C pkm --exclude='*.o' --exclude='.*.cmd' --exclude='*.ko' --exclude='*.mod*' -c . | tar -C "$OUT/pkm-bench" -x
	make -C "$OUT/pkm-bench" KDIR="$KDIR" BENCH=1
}

compile_bench_programs() {
	local name
	for name in bench loop; do
		gcc -static -O2 -Wall -Wextra -Werror -o "$OUT/bench/$name" "tests/Bench/guest/$name.c" || return 1
	done
}

# One tree, written at three heights: 0, 50 and 200 Oneshots; and the shipped image as an archive.
stage_bench_roots() {
	local size layer steps=(qemu/manifests/base.toml qemu/manifests/core.toml)
	for size in 0 50 200; do steps+=("$OUT/bench/workload-$size.toml" "$OUT/bench/workload-$size.tar"); done
	stage_bench_tree "${steps[@]}"
	steps=()
	for layer in base core platform demo; do steps+=("qemu/manifests/$layer.toml"); done
	stage_bench_tree "${steps[@]}" "$OUT/bench/image.tar"
}

stage_bench_tree() {
	fakeroot -- dotnet "$MKIMAGE" root "$OUT/bench/stage" "$OUT/packages" "$OUT/bin/registryd" "$IMAGE_SIZE" "$@"
	rm -rf "$OUT/bench/stage"
}

# One tree for each system, written at three heights like ours.
stage_peer_roots() {
	local peer size steps
	for peer in loop runit s6 systemd; do
		steps=(qemu/manifests/base.toml)
		for size in 0 50 200; do steps+=("$OUT/bench/$peer-$size.toml" "$OUT/bench/$peer-$size.tar"); done
		stage_bench_tree "${steps[@]}"
	done
}
