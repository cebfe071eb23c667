// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>The codes that the core answers control requests with; the shell adds those of the protocol itself (PEINIT-384).</summary>
public enum ReplyCode : byte
{
    /// <summary>Accepted, or, when waited for, done.</summary>
    Ok = 0,
    /// <summary>SERVICE_NOT_FOUND.</summary>
    ServiceNotFound = 1,
    /// <summary>INVALID_STATE.</summary>
    InvalidState = 2,
    /// <summary>OPERATION_IN_PROGRESS.</summary>
    OperationInProgress = 3,
    /// <summary>QUEUE_FULL.</summary>
    QueueFull = 4,
    /// <summary>OPERATION_FAILED.</summary>
    OperationFailed = 5,
    /// <summary>OPERATION_CANCELLED.</summary>
    OperationCancelled = 6,
    /// <summary>TIMEOUT.</summary>
    Timeout = 7,
    /// <summary>SHUTTING_DOWN.</summary>
    ShuttingDown = 8,
    /// <summary>VALIDATION_FAILED; <see cref="Effect.Lines"/> holds all errors.</summary>
    ValidationFailed = 9,
}
