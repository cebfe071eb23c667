// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>The result of running a definition's Conditions, then its Asserts (PEINIT-108, PEINIT-109).</summary>
public enum CheckOutcome : byte
{
    /// <summary>All passed.</summary>
    Passed = 0,
    /// <summary>A condition did not hold; asserts were not looked at.</summary>
    ConditionFailed = 1,
    /// <summary>All conditions held, an assert did not.</summary>
    AssertFailed = 2,
}
