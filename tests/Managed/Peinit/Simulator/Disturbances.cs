// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peinit.Core;
using MachineSnapshot = Peinit.Core.Snapshot;

namespace Peios.Tests.Peinit.Simulator;

/// <summary>What disturbs a boot from outside: commands, changes of the model, crashes of peinit, shutdowns.</summary>
internal sealed class Disturbances(World world)
{
    private readonly byte[] _model = new byte[1 << 17];
    private readonly byte[] _state = new byte[1 << 16];
    private long _nextRequest = 1;

    public Input RandomCommand()
    {
        string name = world.Rng.Percent(3) ? "missing" : world.Machine.Services[world.Rng.Below(world.Machine.Services.Count)].Name;
        OperationType type = (OperationType)world.Rng.Below(5);
        long request = _nextRequest++;
        world.Invariants.Asked(request);
        return Input.Command(request, type, name, world.Rng.Percent(70), "S-1-5-18");
    }

    public bool ChangeModel()
    {
        List<string> names = [];
        foreach (ServiceDefinition definition in world.Configuration.Definitions)
        {
            names.Add(definition.Name);
        }

        int index = world.Rng.Below(names.Count);
        switch (world.Rng.Below(4))
        {
            case 0:
                return world.Feed(Input.DefinitionRemoved(names[index]));
            case 1:
                long request = _nextRequest++;
                world.Invariants.Asked(request);
                return world.Feed(Input.ReloadConfiguration(RandomDefinitions.Configuration(world.Rng), request));
            default:
                return world.Feed(Input.DefinitionChanged(RandomDefinitions.Definition(world.Rng, names, index, world.Rng.Percent(30))));
        }
    }

    /// <summary>peinit dies and comes back: what was in flight is lost, processes are not.</summary>
    public bool Crash()
    {
        int modelLength = MachineSnapshot.WriteModel(world.Machine, _model);
        int stateLength = MachineSnapshot.WriteState(world.Machine, _state);
        Machine restored = MachineSnapshot.Read(_model.AsSpan(0, modelLength), _state.AsSpan(0, stateLength))
            ?? throw new InvalidOperationException("the snapshot cannot be read");
        world.Replace(restored);
        Reconcile();
        return world.Feed(Input.Resume());
    }

    /// <summary>What the shell does before it resumes: forks that the snapshot does not know are killed and reaped.</summary>
    private void Reconcile()
    {
        foreach (VirtualProcess process in (VirtualProcess[])[.. world.Processes.Values])
        {
            if (process.Job != Guid.Empty && (!world.Jobs.TryGetValue(process.Job, out Job? job) || job.Pid != process.Pid) && !process.Unkillable)
            {
                process.Gone = true;
                world.Processes.Remove(process.Pid);
            }
        }
    }

    public bool ShutDown()
    {
        if (world.Rng.Percent(20))
        {
            for (int i = 0; i < world.Rng.Below(4); i++)
            {
                world.At(world.Rng.Milliseconds(6_000), () => world.Feed(Input.Signal(2)));
            }

            return world.Feed(Input.Signal(world.Rng.Pick(2, 15, 1)));
        }

        long request = _nextRequest++;
        world.Invariants.Asked(request);
        return world.Feed(Input.Shutdown(request, world.Rng.Pick(ShutdownType.Poweroff, ShutdownType.Reboot, ShutdownType.Halt)));
    }
}
