// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>Everything that can happen to the machine; <see cref="Input"/> has one factory for each.</summary>
public enum InputKind : byte
{
    /// <summary>Nothing but the passing of time.</summary>
    Tick = 0,
    /// <summary>Start registryd (Phase 1, step 4).</summary>
    StartPhase1,
    /// <summary>Definitions and parameters are loaded: run Phase 2.</summary>
    StartPhase2,
    /// <summary>The boot cannot go on: no service may start by itself any more.</summary>
    EnterRecovery,
    /// <summary>A whole new model, by command or after a watch overflow.</summary>
    ReloadConfiguration,
    /// <summary>One definition was added or changed.</summary>
    DefinitionChanged,
    /// <summary>One definition was removed.</summary>
    DefinitionRemoved,
    /// <summary>Conditions and asserts were evaluated.</summary>
    ChecksDone,
    /// <summary>The cgroup tree stands.</summary>
    CgroupReady,
    /// <summary>The old tree could not be removed (EBUSY).</summary>
    CgroupBusy,
    /// <summary>The tree could not be made.</summary>
    CgroupFailed,
    /// <summary>A sub-cgroup holds no process.</summary>
    CgroupEmpty,
    /// <summary>The token of a job is there.</summary>
    TokenReady,
    /// <summary>The token of a job was refused.</summary>
    TokenFailed,
    /// <summary>A job was forked.</summary>
    Spawned,
    /// <summary>A job could not be forked.</summary>
    SpawnFailed,
    /// <summary>The child executed its binary.</summary>
    ExecSucceeded,
    /// <summary>The child did not get that far.</summary>
    ExecFailed,
    /// <summary>A child was reaped.</summary>
    ChildExited,
    /// <summary>A notify datagram arrived.</summary>
    Notify,
    /// <summary>A lifecycle command passed its access check.</summary>
    Command,
    /// <summary>The shutdown command passed its access check.</summary>
    Shutdown,
    /// <summary>SIGINT or SIGTERM reached PID 1.</summary>
    Signal,
    /// <summary>The machine was restored: say again what is outstanding.</summary>
    Resume,
}
