// SPDX-License-Identifier: MIT
using Peinit.Control;
using Peinit.Core;
using Peinit.Shell;
using Peios.Interop;
using Peios.Registry;

namespace Peinit.Boot;

/// <summary>
/// From "registryd is ready" to "the boot was successful": probe, control socket, loopback, arming, definitions, and the
/// attempt counter (PEINIT-041 to PEINIT-051, PEINIT-062). Everything that may wait runs on the worker.
/// </summary>
internal sealed class ServiceBoot(Supervisor supervisor)
{
    private const int ErrorsShown = 10;

    private readonly BootCounter _counter = new(BootCounter.DefaultDirectory);
    private RecoveryShell? _shell;

    /// <summary>registryd of PEINIT-039.</summary>
    internal static ServiceDefinition Registryd { get; } = new()
    {
        Name = "registryd",
        ImagePath = "/usr/sbin/registryd",
        Arguments = ["Machine=/var/lib/registry/machine.regdb", "Users=/var/lib/registry/users.regdb"],
        Identity = "SYSTEM",
        Critical = true,
        Readiness = Readiness.Notify,
    };

    /// <summary>registryd says that it serves: ask it for something (PEINIT-042).</summary>
    internal void Probe()
    {
        if (!supervisor.Worker.Submit(new ProbeWork(this)))
        {
            EnterRecovery("the registry probe could not be queued");
        }
    }

    /// <summary>A shell on the console, whatever else works (PEINIT-073 to PEINIT-077).</summary>
    internal void EnterRecovery(string reason)
    {
        supervisor.Control?.Dispose();
        supervisor.Control = null;
        if (_shell is not null)
        {
            return;
        }

        supervisor.Log.OnConsole = true;
        supervisor.Log.Error($"RECOVERY MODE: {reason}");
        foreach (string line in supervisor.Output.LastErrors(ErrorsShown))
        {
            SystemConsole.WriteLine(line);
        }

        SystemConsole.WriteLine("a SYSTEM shell follows; repair the system, then reboot with: kill -INT 1");
        _shell = new RecoveryShell(supervisor);
        _shell.Start();
    }

    /// <summary>All boot starts have ended one way or the other.</summary>
    internal void Settled()
    {
        if (supervisor.Machine.IsShuttingDown)
        {
            return;
        }

        int active = 0;
        int failed = 0;
        foreach (Service service in supervisor.Machine.Services)
        {
            active += service.IsSatisfying ? 1 : 0;
            failed += service.State == ServiceState.Failed ? 1 : 0;
        }

        supervisor.Log.Info($"all services ready: {active} up, {failed} failed");
        // The monotonic clock starts with the kernel.
        supervisor.Log.Info($"ready after {Clock.Monotonic / 1_000_000} ms");
        supervisor.Log.OnConsole = false;
        supervisor.Loop.Schedule(new MemoryTrim(), Clock.Monotonic + MemoryTrim.DelayNanoseconds);
    }

    /// <summary>The attempt counter returns to 0 (PEINIT-062).</summary>
    internal void Succeeded() => _ = supervisor.Worker.Submit(new CounterWork(supervisor, _counter));

    private void Probed(string? failure)
    {
        failure ??= supervisor.Control is null ? OpenControlSocket() : null;
        if (failure is not null)
        {
            Fail(failure);
            return;
        }

        Errno error = Loopback.Up();
        if (!error.Ok)
        {
            supervisor.Log.Warn($"lo is not up: {error}");
        }

        supervisor.Log.Info("phase 2: loading services");
        supervisor.Configuration.LoadForBoot();
    }

    /// <returns>Why there is no control socket, or null.</returns>
    internal string? OpenControlSocket()
    {
        if (!ControlServer.Create(supervisor).TryGet(out ControlServer? control, out Errno error))
        {
            return $"the control socket cannot be made: {error}";
        }

        supervisor.Control = control;
        return null;
    }

    private void Fail(string reason)
    {
        supervisor.Post(Input.EnterRecovery(reason));
        supervisor.Pump();
    }

    private sealed class ProbeWork(ServiceBoot boot) : IoWork
    {
        private Errno _error = Errno.EIO;

        internal override void Run()
        {
            if (!RegistryClient.Connect().TryGet(out RegistryClient? client, out _error))
            {
                return;
            }

            using (client)
            {
                if (!client.Open("Machine", KeyRights.Read).TryGet(out RegistryKey? key, out _error))
                {
                    return;
                }

                using (key)
                {
                    _error = key.Info(out _).Error;
                }
            }
        }

        internal override void Complete() =>
            boot.Probed(Outcome(_error).Ok ? null : $"registryd is ready but the registry cannot be read: {Outcome(_error)}");
    }

    private sealed class CounterWork(Supervisor supervisor, BootCounter counter) : IoWork
    {
        private Errno _error;

        internal override void Run() => _error = counter.Write(0);

        internal override void Complete()
        {
            if (!_error.Ok)
            {
                supervisor.Log.Warn($"the boot attempt counter cannot be reset: {_error}");
            }
        }
    }
}
