// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace Bench;

/// <summary>
/// The workload of <see cref="Workload"/> for other init systems, as manifests of root file systems: Debian's packages,
/// 20 daemons (five of them a chain), N times /bin/true in chains of five (where there are only scripts: one after the
/// other), and the reporter. Kernel, initramfs, /bin/true and the daemons are the same as ours.
/// </summary>
internal static class PeerWorkload
{
    private const int Daemons = 20;
    private const int ChainLength = 5;
    private const string Victim = "d19";

    /// <summary>The systems that can be measured; dinit is not in Debian 12.</summary>
    public static readonly string[] Names = ["loop", "runit", "s6", "systemd"];

    /// <summary>Writes one manifest for each system and size.</summary>
    public static void Write(string folder)
    {
        foreach (string name in Names)
        {
            foreach (int size in Workload.Sizes)
            {
                PeerManifest manifest = new();
                manifest.Program("/usr/libexec/bench", "out/bench/bench");
                Fill(name, size, manifest);
                File.WriteAllText(Path.Combine(folder, $"{name}-{size}.toml"), manifest.Text);
            }
        }
    }

    private static void Fill(string name, int size, PeerManifest manifest)
    {
        switch (name)
        {
            case "loop":
                manifest.Program("/usr/sbin/init", "out/bench/loop");
                break;
            case "runit":
                Runit(size, manifest);
                break;
            case "s6":
                S6(size, manifest);
                break;
            default:
                Systemd(size, manifest);
                break;
        }
    }

    private static void Runit(int size, PeerManifest manifest)
    {
        manifest.Package("runit");
        manifest.Package("runit-init");
        manifest.Script("/etc/runit/1", Oneshots(size) +
            "mkdir -p /run/runit\ninstall -m 000 /dev/null /run/runit.stopit\ninstall -m 000 /dev/null /run/runit.reboot\nln -sf /run/runit.stopit /etc/runit/stopit\n");
        manifest.Script("/etc/runit/2", "exec env - PATH=$PATH SVDIR=/etc/bench runsvdir -P /etc/bench\n");
        manifest.Script("/etc/runit/3", "sv force-stop /etc/bench/* >/dev/null 2>&1\nsv exit /etc/bench/* >/dev/null 2>&1\nexit 0\n");
        for (int i = 1; i <= Daemons; i++)
        {
            string wait = Before(i) is string needs ? $"sv start {needs} >/dev/null || exit 1\n" : "";
            manifest.Script($"/etc/bench/d{i}/run", $"{wait}exec /usr/libexec/bench daemon d{i}\n");
        }

        manifest.Script("/etc/bench/ready/run", $"/usr/libexec/bench ready {Victim} {Daemons} /sbin/init 0\nexec sleep 1000\n");
    }

    private static void S6(int size, PeerManifest manifest)
    {
        manifest.Package("s6");
        manifest.Script("/usr/sbin/init", "cp -a /etc/s6/sv /run/service\n/etc/s6/stage2 &\nexec s6-svscan -t0 /run/service\n");
        manifest.Script("/etc/s6/stage2", Oneshots(size) +
            $"exec /usr/libexec/bench ready {Victim} {Daemons} /usr/bin/s6-svscanctl -t /run/service\n");
        manifest.Script("/etc/s6/sv/.s6-svscan/finish", "kill -15 -1\nexec /usr/libexec/bench poweroff\n");
        manifest.Script("/etc/s6/sv/.s6-svscan/SIGTERM", "exec s6-svscanctl -t /run/service\n");
        for (int i = 1; i <= Daemons; i++)
        {
            string wait = Before(i) is string needs ? $"s6-svwait -u /run/service/{needs} || exit 1\n" : "";
            manifest.Script($"/etc/s6/sv/d{i}/run", $"{wait}exec /usr/libexec/bench daemon d{i}\n");
        }
    }

    private static void Systemd(int size, PeerManifest manifest)
    {
        manifest.Package("systemd");
        manifest.Link("/usr/sbin/init", "/lib/systemd/systemd");
        manifest.File("/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
        manifest.File("/etc/fstab", "\n");
        manifest.Link("/etc/systemd/system/default.target", "/lib/systemd/system/multi-user.target");
        foreach (string unit in (string[])["getty.target", "systemd-logind.service", "serial-getty@ttyS0.service", "console-getty.service"])
        {
            manifest.Link("/etc/systemd/system/" + unit, "/dev/null");
        }

        StringBuilder all = new();
        foreach ((string name, string? needs, bool daemon) in Units(size))
        {
            string edges = needs is null ? "" : $"Requires={needs}.service\nAfter={needs}.service\n";
            string service = daemon
                ? $"ExecStart=/usr/libexec/bench daemon {name}\nRestart=always\nRestartSec=0\n"
                : "Type=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n";
            Unit(manifest, name, edges, service);
            all.Append(' ').Append(name).Append(".service");
        }

        Unit(manifest, "ready", $"After={all}\n",
            $"ExecStart=/usr/libexec/bench ready {Victim} {Daemons} /usr/bin/systemctl poweroff\nKillMode=process\n");
    }

    private static void Unit(PeerManifest manifest, string name, string edges, string service)
    {
        manifest.File($"/etc/systemd/system/{name}.service", $"[Unit]\nDescription={name}\nStartLimitIntervalSec=0\n{edges}[Service]\n{service}");
        manifest.Link($"/etc/systemd/system/multi-user.target.wants/{name}.service", $"../{name}.service");
    }

    private static IEnumerable<(string Name, string? Needs, bool Daemon)> Units(int size) =>
        Enumerable.Range(1, Daemons).Select(i => ($"d{i}", Before(i), true))
            .Concat(Enumerable.Range(1, size).Select(i => ($"o{i}", (i - 1) % ChainLength != 0 ? $"o{i - 1}" : null, false)));

    private static string? Before(int daemon) => daemon is > 1 and <= ChainLength ? $"d{daemon - 1}" : null;

    private static string Oneshots(int size) => string.Concat(Enumerable.Repeat("/bin/true || exit 1\n", size));
}
