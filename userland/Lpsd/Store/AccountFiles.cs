// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Text;
using Peios.Interop;
using Peios.Security;

namespace Lpsd.Store;

/// <summary>
/// <c>/etc/passwd</c> and <c>/etc/group</c> for programs that know nothing else (LPS-015). They decide nothing: the
/// ids in them are for display.
/// </summary>
internal sealed class AccountFiles(string directory)
{
    private const int Readable = 0x1A4;

    /// <summary>Writes both files, each whole or not at all.</summary>
    public Errno Write(LpsStore store)
    {
        string passwd = Passwd(store);
        string group = Group(store);
        if (!store.Ok)
        {
            // What could be read of the store is not all that it holds.
            return Errno.EIO;
        }

        Errno error = Files.ReplaceDurably(Path.Combine(directory, "passwd"), Encoding.UTF8.GetBytes(passwd), Readable);
        return error.Ok ? Files.ReplaceDurably(Path.Combine(directory, "group"), Encoding.UTF8.GetBytes(group), Readable) : error;
    }

    /// <summary>The contents of <c>passwd</c>, by id.</summary>
    internal static string Passwd(LpsStore store)
    {
        StringBuilder text = new();
        text.Append("root:x:0:0:SYSTEM:/root:/bin/sh\n");
        text.Append("localservice:x:19:19:LocalService:/:/usr/sbin/nologin\n");
        text.Append("networkservice:x:20:20:NetworkService:/:/usr/sbin/nologin\n");
        foreach (PrincipalRow row in store.List(null))
        {
            if (row.Kind is PrincipalKind.User or PrincipalKind.Service && row.PosixId is uint id)
            {
                text.Append(CultureInfo.InvariantCulture, $"{Field(row.Name)}:x:{id}:{GroupId(store, row, id)}:{row.DisplayName}:{row.Home}:{row.Shell}\n");
            }
        }

        return text.Append("nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n").ToString();
    }

    /// <summary>The contents of <c>group</c>: every group and alias with its direct user members.</summary>
    internal static string Group(LpsStore store)
    {
        StringBuilder text = new("root:x:0:\n");
        foreach (PrincipalRow row in store.List(null))
        {
            if (row.Kind is PrincipalKind.Group or PrincipalKind.Alias && row.PosixId is uint id)
            {
                text.Append(CultureInfo.InvariantCulture, $"{Field(row.Name)}:x:{id}:{Members(store, row.Sid)}\n");
            }
        }

        return text.Append("nogroup:x:65534:\n").ToString();
    }

    private static uint GroupId(LpsStore store, PrincipalRow row, uint own) =>
        row.PrimaryGroup.IsNone ? own : store.Find(row.PrimaryGroup)?.PosixId ?? own;

    private static string Members(LpsStore store, in Sid group)
    {
        StringBuilder text = new();
        foreach (Sid member in store.MembersOf(group))
        {
            if (store.Find(member) is { Kind: PrincipalKind.User } user)
            {
                text.Append(text.Length > 0 ? "," : "").Append(Field(user.Name));
            }
        }

        return text.ToString();
    }

    private static string Field(string name) => name.Replace(' ', '_');
}
