// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>Who asked for an operation (PEINIT-304).</summary>
public enum OperationSource : byte
{
    /// <summary>A control client.</summary>
    Admin = 0,
    /// <summary>Another service's dependencies or its BindsTo.</summary>
    DependencyPropagation = 1,
    /// <summary>The service's own restart policy.</summary>
    RestartPolicy = 2,
    /// <summary>A timer; not built yet.</summary>
    Timer = 3,
    /// <summary>The service it is bound to came back.</summary>
    BindsToRecovery = 4,
    /// <summary>A conflicting service is starting.</summary>
    ConflictResolution = 5,
    /// <summary>The boot.</summary>
    Boot = 6,
    /// <summary>Another service's OnFailure.</summary>
    OnFailure = 7,
    /// <summary>The shutdown.</summary>
    Shutdown = 8,
}
