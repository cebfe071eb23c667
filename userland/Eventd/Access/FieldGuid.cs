// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peios.Security;

namespace Eventd.Access;

/// <summary>GUIDs that object ACEs name: computed from field names, never listed (EVT-230, EVT-232).</summary>
internal static class FieldGuid
{
    private static readonly Guid Space = new("e7d3a1b0-5c2f-4e8a-9b1d-0a6f3c8e2d4b");
    private static readonly Guid EventRoot = new("a1b2c3d4-0001-4000-8000-000000000001");
    private static readonly Guid LogRoot = new("a1b2c3d4-0001-4000-8000-000000000002");

    /// <summary>GUID of a field, whatever record it is in.</summary>
    internal static Guid Of(string field) => NameGuid.Create(Space, Encoding.UTF8.GetBytes(field));

    /// <summary>GUID of a whole record.</summary>
    internal static Guid Root(DataKind kind) => kind == DataKind.Logs ? LogRoot : EventRoot;
}
