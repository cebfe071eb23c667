// SPDX-License-Identifier: MIT
using Peinit.Core;
using Peios.Interop;
using Peios.Ipc;
using Peios.Registry;

namespace Peinit.Shell;

/// <summary>
/// Conditions, then Asserts, of one start, one after another (PEINIT-106 to PEINIT-110). Keys are looked for on the
/// worker, paths in a child: a thread that waits for a dead disk holds up all other work, and cannot be ended even by
/// the re-execution of PID 1.
/// </summary>
internal sealed class StartChecks(Supervisor supervisor, StuckChecks stuck, Service service, int serial) : LoopTimer
{
    private const ulong CheckNanoseconds = 5_000_000_000;
    private const uint RegularFile = 0x8000;
    private const uint DirectoryFile = 0x4000;

    private readonly ServiceDefinition? _definition = service.Model;
    private int _next;
    private ChildExit? _child;

    private StartCheck Current => _next < _definition!.Conditions.Length
        ? _definition.Conditions[_next]
        : _definition.Asserts[_next - _definition.Conditions.Length];

    /// <summary>Starts the first one; the core gets one verdict, now or later.</summary>
    internal void Begin()
    {
        if (_definition is null)
        {
            Post(CheckOutcome.ConditionFailed, null);
            return;
        }

        Next();
    }

    /// <summary>A check takes too long and counts as not passing (PEINIT-107).</summary>
    public override void Expired(EventLoop loop, ulong now)
    {
        if (_child is not null)
        {
            stuck.Add(Current.Argument, _child.Abandon());
            _child = null;
        }

        Fail("more than 5 s");
        supervisor.Pump();
    }

    private void Next()
    {
        if (_next == _definition!.Conditions.Length + _definition.Asserts.Length)
        {
            Post(CheckOutcome.Passed, null);
            return;
        }

        supervisor.Loop.Schedule(this, Clock.Monotonic + CheckNanoseconds);
        if (Current.Kind != CheckKind.Registry)
        {
            LookAt(Current);
        }
        else if (!supervisor.Worker.Submit(new KeyWork(this, _next, Current.Argument)))
        {
            Fail("too much background work");
        }
    }

    private void LookAt(StartCheck check)
    {
        // One that never ends is enough.
        if (stuck.Contains(check.Argument))
        {
            Fail("an earlier look at it has not ended");
            return;
        }

        uint type = check.Kind switch { CheckKind.File => RegularFile, CheckKind.Directory => DirectoryFile, _ => 0 };
        if (!Spawner.LookAt(check.Argument, type).TryGet(out SpawnedChild? child, out Errno error))
        {
            Fail(error.ToString());
            return;
        }

        _child = new ChildExit(supervisor.Loop, child, Looked);
    }

    private void Looked(SpawnReport report)
    {
        _child = null;
        Answered(_next, report.Verdict == SpawnVerdict.Executed);
    }

    private void Answered(int which, bool holds)
    {
        // The worker may answer after the time is over.
        if (which != _next || !Armed)
        {
            return;
        }

        if (holds)
        {
            _next++;
            Next();
        }
        else
        {
            Fail(null);
        }

        supervisor.Pump();
    }

    private void Fail(string? reason)
    {
        string entry = $"{Current.Kind.ToString().ToLowerInvariant()}:{Current.Argument}";
        bool condition = _next < _definition!.Conditions.Length;
        Post(condition ? CheckOutcome.ConditionFailed : CheckOutcome.AssertFailed, reason is null ? entry : $"{entry} ({reason})");
    }

    private void Post(CheckOutcome outcome, string? entry)
    {
        supervisor.Loop.Cancel(this);
        supervisor.Post(Input.ChecksDone(service, serial, outcome, entry));
    }

    private sealed class KeyWork(StartChecks checks, int which, string path) : IoWork
    {
        private bool _exists;

        internal override void Run()
        {
            if (RegistryClient.Connect().TryGet(out RegistryClient? client))
            {
                using (client)
                {
                    _exists = client.Open(path, KeyRights.QueryValue).TryGet(out RegistryKey? key);
                    key?.Dispose();
                }
            }
        }

        internal override void Complete() => checks.Answered(which, _exists);
    }
}
