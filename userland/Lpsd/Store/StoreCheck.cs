// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using Peios.Security;

namespace Lpsd.Store;

/// <summary>What must hold before a store is used (LPS-010).</summary>
internal static class StoreCheck
{
    /// <summary>The first thing that is wrong; empty when nothing is.</summary>
    public static string Problem(LpsStore store)
    {
        string? quick = store.Scalar("PRAGMA quick_check(1)"u8);
        if (!store.Ok || quick != "ok")
        {
            return store.Ok ? $"damaged: {quick}" : $"damaged: {store.FailureText}";
        }

        if (store.Scalar("PRAGMA application_id"u8) != Schema.ApplicationId.ToString(CultureInfo.InvariantCulture))
        {
            return "not a principal store";
        }

        if (store.Scalar("PRAGMA user_version"u8) != Schema.Version.ToString(CultureInfo.InvariantCulture))
        {
            return "made by another version of lpsd";
        }

        foreach (string table in Schema.Tables)
        {
            if (store.Scalar(System.Text.Encoding.UTF8.GetBytes($"SELECT name FROM sqlite_schema WHERE type='table' AND name='{table}'")) is null)
            {
                return $"table {table} is missing";
            }
        }

        return Contents(store);
    }

    private static string Contents(LpsStore store)
    {
        Sid machine = store.MachineSid;
        if (machine is not { Authority: 5, SubAuthorityCount: 4 } || machine.SubAuthority(0) != 21)
        {
            return "the machine SID is malformed";
        }

        uint highest = 0;
        foreach (PrincipalRow row in store.List(null))
        {
            highest = row.Sid.IsChildOf(machine) ? Math.Max(highest, row.Sid.Rid) : highest;
        }

        return !store.Ok ? store.FailureText : store.NextRid <= highest ? "the next RID is one that is taken" : "";
    }
}
