// SPDX-License-Identifier: MIT
namespace Lpsd;

/// <summary>Answer codes beyond those every daemon shares (AUTH-014).</summary>
internal static class LpsdCodes
{
    public const string AlreadyExists = "ALREADY_EXISTS";
    public const string Cycle = "CYCLE";
    public const string InvalidName = "INVALID_NAME";
    public const string InvalidValue = "INVALID_VALUE";
    public const string LastAdmin = "LAST_ADMIN";
    public const string Protected = "PROTECTED";
    public const string RidExhausted = "RID_EXHAUSTED";
    public const string StoreError = "STORE_ERROR";
    public const string Unsupported = "UNSUPPORTED";
}
