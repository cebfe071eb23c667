// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Bench;

/// <summary>
/// Figures of other init systems: measured in this run, or else constants of an earlier one under the same kernel and
/// emulator (November 2026). dinit has constants only: Debian 12 has no package of it.
/// </summary>
internal sealed class Peers(Dictionary<string, Dictionary<string, double>>? measured)
{
    private static readonly Dictionary<string, Dictionary<string, double>> Known = new()
    {
        ["boot.ready.0"] = new() { ["static C loop"] = 12, ["dinit"] = 26, ["runit"] = 86, ["s6"] = 111, ["systemd"] = 1166 },
        ["boot.ready.50"] = new() { ["static C loop"] = 66, ["dinit"] = 108, ["runit"] = 189, ["s6"] = 213, ["systemd"] = 1745 },
        ["boot.ready.200"] = new() { ["static C loop"] = 227, ["dinit"] = 356, ["runit"] = 496, ["s6"] = 520, ["systemd"] = 3186 },
        ["boot.shutdown"] = new() { ["s6"] = 31, ["systemd"] = 347, ["dinit"] = 1018 },
        ["pid1.rss"] = new() { ["runit"] = 1.1, ["dinit"] = 3.4, ["systemd"] = 11.4 },
        ["system.pss"] = new() { ["systemd"] = 13.4 },
        ["restart.latency"] = new() { ["dinit"] = 1.2, ["runit"] = 2.3, ["systemd"] = 14 },
    };

    /// <summary>Follows the name of a peer whose figure is not of this run.</summary>
    public const string Earlier = " (earlier)";

    /// <summary>The peers of a case; empty when there are none.</summary>
    public IReadOnlyDictionary<string, double> Of(string name)
    {
        Dictionary<string, double> result = [];
        foreach ((string peer, double value) in Known.GetValueOrDefault(name, []))
        {
            bool replaced = measured is not null && System.Array.IndexOf(PeerWorkload.Names, peer == "static C loop" ? "loop" : peer) >= 0;
            if (!replaced)
            {
                result.Add(peer + Earlier, value);
            }
        }

        foreach ((string peer, double value) in measured?.GetValueOrDefault(name, []) ?? [])
        {
            result.Add(peer, value);
        }

        return result;
    }
}
