// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>How bad a log line is.</summary>
public enum LogLevel : byte
{
    /// <summary>For the record.</summary>
    Info = 0,
    /// <summary>Somebody should look.</summary>
    Warning = 1,
    /// <summary>Something did not work.</summary>
    Error = 2,
}
