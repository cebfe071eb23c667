// SPDX-License-Identifier: MIT
using Peinit.Core;
using Peios.Interop;
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

    internal override void Complete() => supervisor.Post(Input.ChecksDone(service, serial, _outcome, _entry));

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
}
