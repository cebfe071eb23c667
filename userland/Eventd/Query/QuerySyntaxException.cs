// SPDX-License-Identifier: MIT
using System;

namespace Eventd.Query;

/// <summary>What is wrong with a query; leaves the parser only as a text for the client (EVT-149).</summary>
internal sealed class QuerySyntaxException(string message) : Exception(message);
