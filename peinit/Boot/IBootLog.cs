// SPDX-License-Identifier: MIT
namespace Peinit.Boot;

/// <summary>Where the boot reports before there is a log.</summary>
internal interface IBootLog
{
    /// <summary>Progress.</summary>
    void Info(string text);

    /// <summary>Something failed and the boot goes on.</summary>
    void Warn(string text);
}
