// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peios.Events;
using Peios.Interop;
using Peios.Ipc;
using Peios.Security;

namespace Lpsd;

/// <summary>Emits lpsd's events after the change is durable (LPS-054 to LPS-056); a lost one is counted, never an error.</summary>
internal sealed class LpsdEvents(EventEmitter? emitter)
{
    private readonly DenialBudget _refusals = new();

    /// <summary>Events that could not be emitted.</summary>
    public long Lost { get; private set; }

    /// <summary>A principal was added, or was not.</summary>
    public void Principal(string action, string reason, in EventCaller caller, in Sid target, string? name, IReadOnlyList<string> fields)
    {
        if (!Records(reason, caller, out long omitted))
        {
            return;
        }

        Span<byte> buffer = stackalloc byte[1024];
        MsgPackWriter writer = new(buffer);
        writer.Map(10);
        Common(ref writer, reason, caller, omitted);
        Text(ref writer, "action"u8, action);
        OptionalSid(ref writer, "target_sid"u8, target);
        writer.String("target_name"u8);
        if (name is null)
        {
            writer.Nil();
        }
        else
        {
            writer.String(name.AsSpan());
        }

        writer.String("fields"u8);
        writer.Array(fields.Count);
        for (int i = 0; i < fields.Count; i++)
        {
            writer.String(fields[i].AsSpan());
        }

        Emit("lpsd.principal"u8, writer.Written);
    }

    /// <summary>A membership was changed, or was not.</summary>
    public void Group(string action, string reason, in EventCaller caller, in Sid group, in Sid member)
    {
        if (!Records(reason, caller, out long omitted))
        {
            return;
        }

        Span<byte> buffer = stackalloc byte[1024];
        MsgPackWriter writer = new(buffer);
        writer.Map(9);
        Common(ref writer, reason, caller, omitted);
        Text(ref writer, "action"u8, action);
        OptionalSid(ref writer, "group_sid"u8, group);
        OptionalSid(ref writer, "member_sid"u8, member);
        Emit("lpsd.group"u8, writer.Written);
    }

    /// <summary>A claim was set or removed, or was not.</summary>
    public void Claim(string action, string reason, in EventCaller caller, in Sid target, string claim)
    {
        if (!Records(reason, caller, out long omitted))
        {
            return;
        }

        Span<byte> buffer = stackalloc byte[2048];
        MsgPackWriter writer = new(buffer);
        writer.Map(9);
        Common(ref writer, reason, caller, omitted);
        Text(ref writer, "action"u8, action);
        OptionalSid(ref writer, "target_sid"u8, target);
        Text(ref writer, "claim"u8, claim[..Math.Min(claim.Length, ClaimEntry.MaxNameLength)]);
        Emit("lpsd.claim"u8, writer.Written);
    }

    /// <summary>The store was created, opened, or not backed up.</summary>
    public void Store(string action, string reason, in Sid machine)
    {
        Span<byte> buffer = stackalloc byte[512];
        MsgPackWriter writer = new(buffer);
        writer.Map(8);
        Common(ref writer, reason, new EventCaller(WellKnownSids.System, 0, Processes.Self), omitted: 0);
        Text(ref writer, "action"u8, action);
        OptionalSid(ref writer, "machine_sid"u8, machine);
        Emit("lpsd.store"u8, writer.Written);
    }

    // Refusals are recorded as long as their caller has a budget. SYSTEM may emit what it likes anyway.
    private bool Records(string reason, in EventCaller caller, out long omitted)
    {
        omitted = 0;
        return reason == "OK" || caller.User == WellKnownSids.System
            || _refusals.Take(caller.User.ToString(), Clock.Monotonic, out omitted);
    }

    private static void Common(ref MsgPackWriter writer, string reason, in EventCaller caller, long omitted)
    {
        writer.String("success"u8);
        writer.Boolean(reason == "OK");
        Text(ref writer, "reason"u8, reason);
        OptionalSid(ref writer, "by_sid"u8, caller.User);
        writer.String("by_auth_id"u8);
        writer.UInt64(caller.AuthId);
        writer.String("by_pid"u8);
        writer.UInt64((ulong)Math.Max(caller.Pid, 0));
        writer.String("omitted"u8);
        writer.Int64(omitted);
    }

    private static void Text(ref MsgPackWriter writer, ReadOnlySpan<byte> key, string value)
    {
        writer.String(key);
        writer.String(value.AsSpan());
    }

    private static void OptionalSid(ref MsgPackWriter writer, ReadOnlySpan<byte> key, in Sid sid)
    {
        writer.String(key);
        if (sid.IsNone)
        {
            writer.Nil();
            return;
        }

        Span<byte> bytes = stackalloc byte[Sid.MaxBinaryLength];
        writer.Binary(bytes[..sid.Write(bytes)]);
    }

    private void Emit(ReadOnlySpan<byte> type, ReadOnlySpan<byte> payload) =>
        Lost += emitter is not null && emitter.Emit(type, payload).Ok ? 0 : 1;
}
