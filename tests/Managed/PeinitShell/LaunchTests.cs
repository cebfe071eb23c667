// SPDX-License-Identifier: MIT
using System;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Peinit.Core;
using Peinit.Launch;
using Peios.Interop;
using Xunit;

namespace Peios.Tests.PeinitShell;

public class LaunchTests
{
    private const ulong Backup = 1UL << 17;
    private const ulong Restore = 1UL << 18;
    private const ulong LoadDriver = 1UL << 10;
    private const ulong Tcb = 1UL << 7;
    private const ulong Own = 0xC000_000F_FFFF_FFFC;

    [Theory]
    [Rule("PEINIT-129")]
    [Rule("PEINIT-130")]
    [InlineData("web", null, Own & ~LoadDriver, Own & ~(LoadDriver | Backup | Restore))]
    [InlineData("RegistryD", null, Own & ~LoadDriver, Own & ~LoadDriver)]
    [InlineData("web", "SeTcbPrivilege", Tcb, Tcb)]
    [InlineData("web", "SeLoadDriverPrivilege", 0UL, 0UL)]
    [InlineData("web", "SeBackupPrivilege", Backup, 0UL)]
    [InlineData("eventd", "SeBackupPrivilege", Backup, Backup)]
    public void Privileges_OfAMintedToken_AreReduced(string service, string? required, ulong present, ulong enabled)
    {
        ulong got = TokenSource.Privileges(Own, service, required is null ? null : [required], out ulong gotEnabled);
        Assert.Equal((present, enabled), (got, gotEnabled));
    }

    [Fact]
    [Rule("PEINIT-132")]
    public void Privileges_NotHeld_AreNotAdded() =>
        Assert.Equal(0UL, TokenSource.Privileges(0, "web", ["SeTcbPrivilege"], out _));

    [Theory]
    [Rule("PEINIT-135", "PEINIT-140")]
    [InlineData(JobType.ServiceMain, "Web", "main")]
    [InlineData(JobType.PreExecHook, "Migrator", "hook")]
    [InlineData(JobType.PostExecHook, "Migrator", "hook")]
    [InlineData(JobType.ReloadCommand, "Web", "hook")]
    public void TokenRequest_OfAJob_NamesIdentityServiceAndPurpose(JobType type, string identity, string purpose)
    {
        ServiceDefinition definition = new() { Name = "wéb", ImagePath = "/w", Identity = "Web", HookIdentity = "Migrator" };
        Job job = new(Guid.NewGuid(), new Service(definition.Name) { Model = definition }, type, definition, new CommandLine("/h", []), 0);
        byte[] line = AuthdRequest.Encode(job);
        Assert.Equal((byte)'\n', line[^1]);
        Assert.Equal(
            $$"""{"command":"service-token","identity":"{{identity}}","service":"wéb","purpose":"{{purpose}}"}""",
            JsonNode.Parse(line)!.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    [Rule("HAZ-037")]
    public void OutputPair_ReaderGone_WriterIsNotKilled()
    {
        Assert.True(OutputPair.Create().TryGet(out OutputPair? pair));
        using (pair)
        {
            pair.Read.Dispose();
            // EPIPE here would be a dead service while PID 1 executes itself again.
            Assert.True(Files.Write(pair.Child, "still here"u8).Ok);
            Assert.True(Files.Open($"/proc/self/fd/{pair.Child.Raw}", Files.ReadOnly | Files.NonBlocking).TryGet(out Fd? again));
            using (again)
            {
                byte[] text = new byte[32];
                Assert.True(Files.Read(again, text).TryGet(out int n) && n == 10);
            }
        }
    }

    [Fact]
    public void OutputPair_ChildEndClosed_ReaderSeesTheEnd()
    {
        Assert.True(OutputPair.Create().TryGet(out OutputPair? pair));
        using (pair)
        {
            pair.Child.Dispose();
            byte[] text = new byte[8];
            Assert.True(Files.Read(pair.Read, text).TryGet(out int n) && n == 0);
        }
    }
}
