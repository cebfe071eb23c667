# SPDX-License-Identifier: MIT
# What must be installed. Sourced by build.sh.

DOTNET_MAJOR=10

help_deps() {
	echo "Usage: ./build.sh deps    install the packages of scripts/packages.txt that are missing, and the .NET SDK"
	echo "With CI=true or without a terminal nothing is asked."
}

package_list() { grep -vE '^(#|$)' scripts/packages.txt; }

is_installed() { [ "$(dpkg-query -W -f='${Status}' "$1" 2>/dev/null)" = "install ok installed" ]; }

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt_install() { as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; }

missing_packages() {
	local name reason
	package_list | while read -r name reason; do is_installed "$name" || echo "$name"; done
}

has_dotnet() { dotnet --list-sdks 2>/dev/null | grep -qE '^([1-9][0-9]|9)\.'; }

# Debian has no .NET: the vendor's installer, for the whole machine.
install_dotnet() {
	apt_install curl
	curl -fsSL -o "$OUT/dotnet-install.sh" https://dot.net/v1/dotnet-install.sh
	as_root bash "$OUT/dotnet-install.sh" --channel "$DOTNET_MAJOR.0" --install-dir /usr/share/dotnet
	as_root ln -sfn /usr/share/dotnet/dotnet /usr/bin/dotnet
}

cmd_deps() {
	echo "deps"
	command -v apt-get >/dev/null || fail "this build needs Debian (apt-get was not found); use the Dockerfile"
	local missing
	missing=$(missing_packages)
	if [ -n "$missing" ]; then
		echo "  installing with apt:"
		package_list | while read -r name reason; do
			grep -qx "$name" <<<"$missing" && printf '    %-30s %s\n' "$name" "$reason" || true
		done
		step deps-update "check the network and /etc/apt/sources.list" as_root apt-get update
		# shellcheck disable=SC2086
		step deps-install "run: apt-get install $(echo $missing)" apt_install $missing
	fi
	if ! has_dotnet; then
		echo "  installing the .NET SDK $DOTNET_MAJOR: everything in C# is compiled with it"
		step deps-dotnet "install the .NET SDK $DOTNET_MAJOR from https://dotnet.microsoft.com" install_dotnet
	fi
	remember deps "$(digest scripts/packages.txt)"
	echo "  everything is installed"
}

# Cheap check in front of every other command.
need_deps() {
	[ -z "$(missing_packages)" ] && has_dotnet || cmd_deps
}
