// SPDX-License-Identifier: MIT
using Peinit.Core;
using Peios.Interop;
using Peios.Ipc;
using Peios.Registry;

namespace Peinit.Shell;

/// <summary>Conditions, then Asserts, of one start (PEINIT-106 to PEINIT-110), on the worker.</summary>
internal sealed class StartCheckWork(Supervisor supervisor, Service service, int serial) : IoWork
{
    private readonly ServiceDefinition? _definition = service.Model;
    private CheckOutcome _outcome = CheckOutcome.ConditionFailed;
    private string? _entry;

    internal override void Run()
    {
        if (_definition is null)
        {
            return;
        }

        _outcome = !Holds(_definition.Conditions) ? CheckOutcome.ConditionFailed
            : !Holds(_definition.Asserts) ? CheckOutcome.AssertFailed
            : CheckOutcome.Passed;
    }

    /// <summary>Ends the wait for a check that hangs (PEINIT-107).</summary>
    internal LoopTimer Deadline { get; } = new Timeout(supervisor, service, serial);

    internal override void Complete()
    {
        supervisor.Loop.Cancel(Deadline);
        supervisor.Post(Input.ChecksDone(service, serial, _outcome, _entry));
    }

    private bool Holds(StartCheck[] checks)
    {
        foreach (StartCheck check in checks)
        {
            if (!Holds(check))
            {
                _entry = $"{check.Kind.ToString().ToLowerInvariant()}:{check.Argument}";
                return false;
            }
        }

        return true;
    }

    // An error counts as not passing (PEINIT-107).
    private static bool Holds(StartCheck check)
    {
        if (check.Kind == CheckKind.Registry)
        {
            if (!RegistryClient.Connect().TryGet(out RegistryClient? client))
            {
                return false;
            }

            using (client)
            {
                if (!client.Open(check.Argument, KeyRights.QueryValue).TryGet(out RegistryKey? key))
                {
                    return false;
                }

                key.Dispose();
                return true;
            }
        }

        return Mounts.Identify(check.Argument).TryGet(out FileIdentity file)
            && (check.Kind == CheckKind.Path || (check.Kind == CheckKind.File ? file.IsRegular : file.IsDirectory));
    }

    // The late verdict of the worker carries the same serial, and the core takes only the first.
    private sealed class Timeout(Supervisor supervisor, Service service, int serial) : LoopTimer
    {
        public override void Expired(EventLoop loop, ulong now)
        {
            supervisor.Post(Input.ChecksDone(service, serial, CheckOutcome.ConditionFailed, "a check that takes more than 5 s"));
            supervisor.Pump();
        }
    }
}
