#!/bin/bash
# SPDX-License-Identifier: MIT
# journald.sh FOLDER COUNT: systemd-journald of its own, in a mount namespace of its own, with the same load as
# eventbench. Prints the rows of eventd with journald's figures. Needs root and Debian's systemd package.
set -euo pipefail
folder=$1 count=$2
here=$(dirname "$(readlink -f "$0")")
[ -x /lib/systemd/systemd-journald ] || { echo "journald is not installed" >&2; exit 1; }
if [ "${JOURNALD_INSIDE:-}" != 1 ]; then JOURNALD_INSIDE=1 exec unshare -m "$0" "$@"; fi

mount --make-rprivate /
rm -rf "$folder/journal"
mkdir -p "$folder/journal" /var/log/journal
gcc -O2 -Wall -Wextra -Werror -o "$folder/jflood" "$here/jflood.c"
mount -t tmpfs run /run
mkdir -p /run/systemd/journal /run/log
printf '[Journal]\nStorage=persistent\nReadKMsg=no\nAudit=no\nSystemMaxUse=8G\nRateLimitIntervalSec=0\nRateLimitBurst=0\n' >"$folder/journald.conf"
mount --bind "$folder/journald.conf" /etc/systemd/journald.conf
mount --bind "$folder/journal" /var/log/journal
[ -s /etc/machine-id ] || { echo 0123456789abcdef0123456789abcdef >"$folder/machine-id"; touch /etc/machine-id; mount --bind "$folder/machine-id" /etc/machine-id; }
mkdir -p "/var/log/journal/$(cat /etc/machine-id)"
/lib/systemd/systemd-journald >"$folder/journald.log" 2>&1 &
daemon=$!
trap 'kill $daemon 2>/dev/null || true' EXIT
until [ -S /run/systemd/journal/socket ]; do sleep 0.1; done
kill -USR1 $daemon
journalctl --sync

cpu_ms() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) * 1000 / hz }' /proc/$daemon/stat; }
now() { date +%s.%N; }
row() { awk -v n="$1" -v u="$2" "BEGIN { printf \"%s\t%s\t%.3f\n\", n, u, $3 }"; }
# flood IDENT N...: seconds until everything is on the disk
flood() {
	local start=$(now) n pids=()
	for n in "${@:2}"; do "$folder/jflood" "$n" "$1" & pids+=($!); done
	wait "${pids[@]}"
	journalctl --sync
	awk "BEGIN { print $(now) - $start }"
}

bytes=$(du -sB1 /var/log/journal | cut -f1) before=$(cpu_ms)
seconds=$(flood one "$count")
row eventd.persist.1@journald events/s "$count / $seconds"
row eventd.cpu@journald us/event "($(cpu_ms) - $before) * 1000 / $count"
row eventd.disk@journald bytes/event "($(du -sB1 /var/log/journal | cut -f1) - $bytes) / $count"
row eventd.rss@journald MiB "$(awk '/VmRSS/ { print $2 / 1024 }' /proc/$daemon/status)"
row eventd.persist.2@journald events/s "$count / $(flood two $((count / 2)) $((count / 2)))"

# The best of three.
query() {
	local name=$1
	shift
	row "$name@journald" ms "$(for _ in 1 2 3; do
		start=$(now)
		journalctl --no-pager -o json "$@" >/dev/null
		awk "BEGIN { print ($(now) - $start) * 1000 }"
	done | sort -n | head -n 1)"
}
query eventd.query.last100 TYPE=bench.type.0042 -n 100
query eventd.query.last100.rare TYPE=bench.needle.0001 -n 100
query eventd.query.scan -g n=0000012345
