// SPDX-License-Identifier: MIT
namespace Peios.Security;

/// <summary>Who minted a token.</summary>
/// <param name="Name">Up to eight ASCII characters.</param>
/// <param name="Id">Number of the minting instance.</param>
public readonly record struct TokenSource(string Name, ulong Id);
