// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Peios.Interop;
using Peios.Security;

namespace Lpsd.Store;

/// <summary>The first contents of a store (LPS-019 to LPS-023), in one transaction.</summary>
internal static class StoreSetup
{
    /// <summary>First RID of ordinary principals.</summary>
    public const uint FirstRid = 1000;

    private static readonly uint[] s_aliases = [544, 545, 546, 547, 551, 555, 559, 560, 562, 568, 569, 573, 574, 575, 578, 579, 580, 583];

    /// <summary>Fills an empty database; failures stay in the connection.</summary>
    public static void Run(LpsStore store, ulong now)
    {
        Sid machine = NewMachineSid();
        store.Execute(Schema.Pragmas);
        store.Execute("BEGIN IMMEDIATE"u8);
        store.Execute(Schema.Create);
        store.SetMeta("machine_sid", machine.ToArray());
        store.SetMeta("next_rid", Text(FirstRid));
        store.SetMeta("created_at", Text(now));
        store.SetMeta("setup_done", "0"u8);
        Add(store, now, machine, PrincipalKind.Machine, "machine$", PrincipalFlags.None);
        Add(store, now, machine.Append(513), PrincipalKind.Group, "LocalUsers", PrincipalFlags.None);
        Add(store, now, machine.Append(514), PrincipalKind.Group, "LocalGuests", PrincipalFlags.None);
        AddUser(store, now, machine, 500, "Administrator", PrincipalFlags.Disabled, 513);
        AddUser(store, now, machine, 501, "Guest", PrincipalFlags.Disabled | PrincipalFlags.NoPassword, 514);
        foreach (uint alias in s_aliases)
        {
            Sid sid = WellKnownSids.Builtin.Append(alias);
            string name = WellKnownSids.NameOf(sid)!;
            Add(store, now, sid, PrincipalKind.Alias, name[(name.IndexOf('\\', StringComparison.Ordinal) + 1)..], PrincipalFlags.None);
        }

        store.AddMember(WellKnownSids.Administrators, machine.Append(500));
        store.AddMember(WellKnownSids.Users, machine.Append(513));
        store.AddMember(WellKnownSids.Guests, machine.Append(514));
        store.AddMember(machine.Append(513), machine.Append(500));
        store.AddMember(machine.Append(514), machine.Append(501));
        store.Execute("COMMIT"u8);
    }

    /// <summary>Three random non-zero words: another machine's SIDs mean nothing here.</summary>
    private static Sid NewMachineSid()
    {
        Span<byte> bytes = stackalloc byte[12];
        Span<uint> parts = stackalloc uint[4];
        parts[0] = 21;
        while (parts[1] == 0 || parts[2] == 0 || parts[3] == 0)
        {
            if (!Memory.Random(bytes).Ok)
            {
                continue;
            }

            for (int i = 0; i < 3; i++)
            {
                parts[i + 1] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * i)..]);
            }
        }

        return new Sid(5, parts);
    }

    private static void AddUser(LpsStore store, ulong now, in Sid machine, uint rid, string name, PrincipalFlags flags, uint group) =>
        store.Insert(new PrincipalRow
        {
            Sid = machine.Append(rid),
            Kind = PrincipalKind.User,
            Name = name,
            Flags = flags | PrincipalFlags.Protected,
            PosixId = rid,
            PrimaryGroup = machine.Append(group),
            Home = "/home/" + name,
            Shell = "/bin/sh",
            CreatedAt = now,
        });

    private static void Add(LpsStore store, ulong now, in Sid sid, PrincipalKind kind, string name, PrincipalFlags flags) =>
        store.Insert(new PrincipalRow
        {
            Sid = sid,
            Kind = kind,
            Name = name,
            Flags = flags | PrincipalFlags.Protected,
            PosixId = kind == PrincipalKind.Machine ? null : sid.Rid,
            CreatedAt = now,
        });

    private static byte[] Text(ulong number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
