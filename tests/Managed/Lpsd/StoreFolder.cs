// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Lpsd.Store;
using Peios.Security;
using Xunit;

namespace Tests.Managed.Lpsd;

/// <summary>A store in a folder of its own.</summary>
internal sealed class StoreFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("lpsd-").FullName;

    public string Database => System.IO.Path.Combine(Path, "lps.db");

    public string Marker => System.IO.Path.Combine(Path, ".initialized");

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public LpsStore Open()
    {
        Assert.True(new StoreFiles(Path).TryOpen(out LpsStore? store, out string problem), problem);
        return store!;
    }

    public string Refusal()
    {
        bool opened = new StoreFiles(Path).TryOpen(out LpsStore? store, out string problem);
        store?.Dispose();
        Assert.False(opened);
        return problem;
    }

    public static Sid Add(LpsStore store, string name, PrincipalKind kind = PrincipalKind.User)
    {
        Outcome outcome = new PrincipalChanges(store).Add(new NewPrincipal { Name = name, Kind = kind }, 1000, out Sid sid);
        Assert.True(outcome.Ok, outcome.Message);
        return sid;
    }
}
