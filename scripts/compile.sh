# SPDX-License-Identifier: MIT
# Everything that a compiler makes. Sourced by build.sh.

# Static NativeAOT programs of the image: project folder and name of the binary.
PROGRAMS=(
	"peinit/Peinit.csproj peinit"
	"userland/Registryd/Registryd.csproj registryd"
	"userland/Lpsd/Lpsd.csproj lpsd"
	"userland/Authd/Authd.csproj authd"
	"userland/Eventd/Eventd.csproj eventd"
	"userland/Tools/Tools.csproj peios-tools"
	"tests/Agent/Agent.csproj peios-agent"
)
help_build() {
	cat <<'TEXT'
Usage: ./build.sh build    compile what has changed

  out/native/     C shim and pkm/core, as archives and shared libraries
  out/pkm/pkm.ko  the kernel module, for Debian's newest cloud kernel
  out/bin/        programs of the image, static NativeAOT
TEXT
}

cmd_build() {
	need_deps
	find_kernel
	echo "build (kernel $KVER)"
	build_native
	build_module
	build_managed
	publish_programs
}

# make knows best what is out of date.
build_native() {
	step shim "mend the C error above; make -C interop/native repeats it" make -C interop/native OUT="$OUT/native"
	step core "mend the C error above; make -C pkm/core repeats it" make -C pkm/core OUT="$OUT/native"
}

build_module() {
	step pkm.ko "mend the C error above; make -C pkm KDIR=$KDIR repeats it" compile_module
}

compile_module() {
	make -C pkm KDIR="$KDIR"
	mkdir -p "$OUT/pkm"
	cmp -s pkm/pkm.ko "$OUT/pkm/pkm.ko" || cp pkm/pkm.ko "$OUT/pkm/pkm.ko"
}

# One compilation serves the publishing below, the image and the tour.
build_managed() {
	compile_managed programs Programs.slnf peinit userland interop qemu/Mkimage tests/Agent tests/Tour tests/Bench tests/Vm
}

# The test projects on top. The tests' copies of the native libraries are made by this step too.
build_tests() {
	compile_managed tests Peios.sln peinit userland interop qemu/Mkimage tests "$OUT"/native/*.so
}

# compile_managed NAME SOLUTION INPUT...
compile_managed() {
	local name=$1 solution=$2 sum
	shift 2
	sum=$(digest Directory.Build.* Directory.Packages.props Peios.sln Programs.slnf global.json "$@")
	unchanged "$name" "$sum" && return
	step "$name" "mend the C# error above; dotnet build $solution -c Release repeats it" \
		dotnet build "$solution" -c Release -v q -clp:NoSummary
	remember "$name" "$sum"
}

publish_programs() {
	local entry project name assembly sum
	mkdir -p "$OUT/bin"
	for entry in "${PROGRAMS[@]}"; do
		read -r project name <<<"$entry"
		# A program is linked again when one of the assemblies or archives in it has changed.
		sum=$(linked_inputs "$(dirname "$project")")
		unchanged "publish-$name" "$sum" "$OUT/bin/$name" && continue
		step "publish-$name" "mend the error above; dotnet publish -c Release $project repeats it" publish "$project" "$name"
		remember "publish-$name" "$sum"
	done
}

linked_inputs() {
	{
		cat "$1"/bin/Release/net*/linux-x64/*.dll "$OUT/native/libpeiosshim.a"
		cat Directory.Build.* interop/StaticProgram.props "$1"/*.csproj
	} | sha256sum | cut -d' ' -f1
}

publish() {
	# ILC does not notice that only a native archive or a linker property changed.
	rm -rf "$(dirname "$1")"/obj/Release/*/linux-x64/native
	dotnet publish "$1" -c Release --no-build -v q -o "$OUT/publish/$2"
	[ "$2" != peinit ] || check_symbols "$OUT/publish/$2/$(assembly_name "$1")"
	cp "$OUT/publish/$2/$(assembly_name "$1")" "$OUT/bin/$2"
}

# What would make PID 1 read plug-ins of another libc at run time (HAZ-042). glibc keeps a dlopen of its
# own in every static program; nothing of ours reaches it (interop/native/noload.c).
check_symbols() {
	local found
	found=$(nm "$1.dbg" | awk '$2 ~ /^[TtWw]$/ { print $3 }' | grep -xE '(getpw|getgr)(nam|uid|gid|ent)(_r)?|getaddrinfo|iconv_open' || true)
	[ -z "$found" ] || { echo "$1 links:" $found; return 1; }
}

assembly_name() { sed -n 's/.*<AssemblyName>\(.*\)<\/AssemblyName>.*/\1/p' "$1"; }
