// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Peinit.Core;
using Peios.Tests.Peinit.Simulator;
using Xunit;
using MachineSnapshot = Peinit.Core.Snapshot;

namespace Peios.Tests.Peinit;

/// <summary>State for re-execution: it comes back whole, it goes on, and nothing broken is taken for it.</summary>
public sealed class SnapshotTests
{
    [Fact]
    [Rule("HAZ-037")]
    public void Snapshot_WrittenReadWritten_IsTheSameBytes()
    {
        (byte[] model, byte[] state) = Write(Busy().Machine);
        Machine restored = MachineSnapshot.Read(model, state)!;
        (byte[] modelAgain, byte[] stateAgain) = Write(restored);
        Assert.Equal(model, modelAgain);
        Assert.Equal(state, stateAgain);
    }

    [Fact]
    [Rule("HAZ-037")]
    public void Snapshot_Restored_GoesOnWhereItWas()
    {
        Rig rig = Busy();
        Restore(rig);
        rig.Feed(Input.Resume());
        Assert.Equal((ServiceState.Active, ServiceState.Stopping, ServiceState.Starting), (rig.State("a"), rig.State("b"), rig.State("c")));
        rig.Exit("b");
        rig.Ready("c");
        Assert.Equal((ServiceState.Inactive, ServiceState.Active), (rig.State("b"), rig.State("c")));
        rig.Exit("a", 7);
        rig.Advance(1.9);
        Assert.Equal(Cause.ProcessCrash, rig.Service("a").Cause);
        rig.Advance(0.2);
        Assert.Equal(Cause.RestartPolicy, rig.Service("a").Cause);
    }

    [Fact]
    [Rule("HAZ-037")]
    public void Resume_TokenAndForkUnderWay_AreAskedForAgain()
    {
        foreach (EffectKind held in new[] { EffectKind.RequestToken, EffectKind.Spawn, EffectKind.CreateCgroup, EffectKind.RunChecks, EffectKind.KillCgroup })
        {
            Rig rig = new(Rig.Simple("a") with { Conditions = [new StartCheck(CheckKind.Path, "/")], RestartPolicy = RestartPolicy.Never }) { Holds = e => e.Kind == held };
            rig.Start("a");
            if (held == EffectKind.KillCgroup)
            {
                rig.Exit("a", 1);
            }

            Restore(rig);
            rig.Holds = _ => false;
            rig.Feed(Input.Resume());
            Assert.Equal((held, held == EffectKind.KillCgroup ? ServiceState.Failed : ServiceState.Starting), (held, rig.State("a")));
            Assert.Equal(held == EffectKind.KillCgroup ? null : JobStep.Run, rig.Service("a").MainJob?.Step);
        }
    }

    [Fact]
    [Rule("HAZ-037")]
    public void Resume_AfterTheLastEffect_RepeatsIt()
    {
        Rig rig = new(Rig.Simple("a"));
        rig.Feed(Input.Shutdown(1, ShutdownType.Halt));
        rig.Exit("registryd");
        Restore(rig);
        rig.Effects.Clear();
        rig.Feed(Input.Resume());
        Assert.Equal((EffectKind.FinishShutdown, (int)ShutdownType.Halt), (rig.Effects.Single().Kind, rig.Effects.Single().Number));
    }

    [Fact]
    [Rule("HAZ-037")]
    public void Read_AnyBitFlippedOrAnyByteMissing_IsRefused()
    {
        (byte[] model, byte[] state) = Write(Busy().Machine);
        for (int i = 0; i < state.Length; i++)
        {
            byte[] bad = (byte[])state.Clone();
            bad[i] ^= (byte)(1 << (i % 8));
            Assert.Null(MachineSnapshot.Read(model, bad));
            Assert.Null(MachineSnapshot.Read(model, state.AsSpan(0, i)));
        }

        for (int i = 0; i < model.Length; i += 7)
        {
            byte[] bad = (byte[])model.Clone();
            bad[i] ^= 0x10;
            Assert.Null(MachineSnapshot.Read(bad, state));
            Assert.Null(MachineSnapshot.Read(model.AsSpan(0, i), state));
        }

        Assert.Null(MachineSnapshot.Read(state, model));
    }

    [Fact]
    public void Read_GarbageWithAValidChecksum_NeverThrows()
    {
        (byte[] model, byte[] state) = Write(Busy().Machine);
        Rng rng = new(11);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] badModel = (byte[])model.Clone();
            byte[] badState = (byte[])state.Clone();
            byte[] target = rng.Percent(50) ? badModel : badState;
            for (int n = 1 + rng.Below(4); n > 0; n--)
            {
                target[24 + rng.Below(target.Length - 24)] = (byte)rng.Pick(0, 1, 255, 127, rng.Below(256));
            }

            MachineSnapshot.Reseal(target);
            MachineSnapshot.Read(badModel, badState);
        }
    }

    [Fact]
    [Rule("HAZ-037")]
    public void Read_StateOfAnotherModel_IsRefused()
    {
        Rig rig = Busy();
        (byte[] model, _) = Write(rig.Machine);
        rig.Feed(Input.DefinitionChanged(Rig.Simple("new")));
        (_, byte[] state) = Write(rig.Machine);
        Assert.Null(MachineSnapshot.Read(model, state));
    }

    [Fact]
    public void Write_BufferTooSmall_SaysSo()
    {
        Machine machine = Busy().Machine;
        (byte[] model, byte[] state) = Write(machine);
        Assert.Equal(-1, MachineSnapshot.WriteModel(machine, new byte[model.Length - 1]));
        Assert.Equal(-1, MachineSnapshot.WriteState(machine, new byte[state.Length - 1]));
        Assert.Equal(-1, MachineSnapshot.WriteState(machine, new byte[3]));
    }

    /// <summary>Something of everything: a running, a stopping and a starting service, hooks, history, operations.</summary>
    private static Rig Busy()
    {
        Rig rig = new(
            Rig.Simple("a") with { Environment = ["K=ü"], RequiredPrivileges = [], SuccessExitCodes = [1, 2], LimitNoFile = 5, Security = [9] },
            Rig.Simple("b"), Rig.Simple("c") with { Requires = ["a"], ExecStartPost = [new CommandLine("/p", ["1"])] }, Rig.Oneshot("d"));
        rig.Up("a");
        rig.Exit("a", 5);
        rig.Advance(1);
        rig.Ready("a");
        rig.Notify("a", new NotifyFields { Status = "fine" });
        rig.Up("b");
        rig.Stop("b");
        rig.Start("c");
        rig.Start("d");
        return rig;
    }

    private static void Restore(Rig rig)
    {
        (byte[] model, byte[] state) = Write(rig.Machine);
        rig.Machine = MachineSnapshot.Read(model, state)!;
    }

    private static (byte[] Model, byte[] State) Write(Machine machine)
    {
        byte[] model = new byte[1 << 20];
        byte[] state = new byte[1 << 20];
        int modelLength = MachineSnapshot.WriteModel(machine, model);
        int stateLength = MachineSnapshot.WriteState(machine, state);
        return (model[..modelLength], state[..stateLength]);
    }
}
