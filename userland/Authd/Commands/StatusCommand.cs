// SPDX-License-Identifier: MIT
using System.Text.Json;
using Authd.Sources;
using Peios.Ipc;

namespace Authd.Commands;

/// <summary>Sources, policy generation, set-up state (AUTH-021).</summary>
internal sealed class StatusCommand(HotPolicy policy, LocalSource local, AuditLog audit)
{
    /// <summary>Asks lpsd for its part; without it <c>setup_required</c> is null.</summary>
    public void Run(JsonConnection connection) => local.Link.Ask(
        LpsdLink.Line(static writer => writer.WriteString("command"u8, "status"u8)), mayWait: false, answer => Answer(connection, answer));

    private void Answer(JsonConnection connection, JsonObject? store)
    {
        Utf8JsonWriter writer = connection.BeginAnswer();
        writer.WriteStartArray("sources"u8);
        Source(writer, BuiltinSource.Name, true);
        Source(writer, LocalSource.Name, store is not null);
        writer.WriteEndArray();
        writer.WriteNumber("policy_generation"u8, policy.Generation);
        if (store is not null && store.TryGetBoolean("setup_done", out bool done) && store.TryGetBoolean("has_admin", out bool admin))
        {
            writer.WriteBoolean("setup_required"u8, !done && !admin);
        }
        else
        {
            writer.WriteNull("setup_required"u8);
        }

        writer.WriteBoolean("audit_ok"u8, audit.IsWhole);
        connection.EndAnswer(writer);
    }

    private static void Source(Utf8JsonWriter writer, string name, bool up)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, name);
        writer.WriteString("state"u8, up ? "up" : "down");
        writer.WriteEndObject();
    }
}
