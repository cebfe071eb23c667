// SPDX-License-Identifier: MIT
using System;

namespace Peios.Security;

/// <summary>The numbers of a token (class STATISTICS of KACS-TOK-097).</summary>
/// <param name="TokenGuid">Identifies the token in events.</param>
/// <param name="AuthId">Its logon session.</param>
/// <param name="ModifiedId">Adjustments so far.</param>
/// <param name="Type">Primary or impersonation.</param>
/// <param name="Expiration">Nanoseconds since the Unix epoch; 0 is never. Informational.</param>
public readonly record struct TokenStatistics(Guid TokenGuid, ulong AuthId, ulong ModifiedId, TokenType Type, ulong Expiration);
