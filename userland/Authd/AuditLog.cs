// SPDX-License-Identifier: MIT
using System;
using Peios.Events;
using Peios.Interop;
using Peios.Ipc;
using Peios.Security;

namespace Authd;

/// <summary>
/// Emits authd's events (AUTH-065, AUTH-066). A service token never fails for want of an event, so that the system can
/// boot (AUTH-067); the loss shows in <c>status</c>.
/// </summary>
internal sealed class AuditLog(EventEmitter? emitter)
{
    private readonly DenialBudget _refusals = new();

    /// <summary>Has every event so far been accepted?</summary>
    public bool IsWhole { get; private set; } = emitter is not null;

    /// <summary>
    /// Is a decision recorded? Refusals only as long as their caller has a budget, unless SYSTEM itself was refused, which
    /// may emit what it likes anyway.
    /// </summary>
    /// <param name="record">The decision.</param>
    /// <param name="now">Monotonic nanoseconds.</param>
    /// <param name="omitted">Refusals of this caller that were not recorded before.</param>
    internal bool Records(in ServiceTokenRecord record, ulong now, out long omitted)
    {
        omitted = 0;
        return record.Reason == "OK" || record.Caller.User == WellKnownSids.System
            || _refusals.Take(record.Caller.User.ToString(), now, out omitted);
    }

    /// <summary>A decided <c>service-token</c> request.</summary>
    public void ServiceToken(in ServiceTokenRecord record)
    {
        if (!Records(record, Clock.Monotonic, out long omitted))
        {
            return;
        }

        Span<byte> buffer = stackalloc byte[2048];
        MsgPackWriter writer = new(buffer);
        writer.Map(13);
        Common(ref writer, record.Reason, record.Caller);
        Text(ref writer, "identity"u8, record.Identity);
        Text(ref writer, "service"u8, record.Service);
        Text(ref writer, "purpose"u8, record.Purpose);
        OptionalSid(ref writer, "user_sid"u8, record.User);
        OptionalSid(ref writer, "service_sid"u8, record.ServiceSid);
        writer.String("auth_id"u8);
        if (record.SessionId == 0)
        {
            writer.Nil();
        }
        else
        {
            writer.UInt64(record.SessionId);
        }

        writer.String("token_guid"u8);
        if (record.SessionId == 0)
        {
            writer.Nil();
        }
        else
        {
            writer.Guid(record.TokenGuid);
        }

        writer.String("omitted"u8);
        writer.Int64(omitted);
        Emit("authd.service-token"u8, writer.Written);
    }

    /// <summary>A source went up or down.</summary>
    public void Source(string name, bool up)
    {
        Span<byte> buffer = stackalloc byte[256];
        MsgPackWriter writer = new(buffer);
        writer.Map(7);
        Common(ref writer, "OK", new Caller(WellKnownSids.System, 0, Processes.Self));
        Text(ref writer, "source"u8, name);
        Text(ref writer, "state"u8, up ? "up" : "down");
        Emit("authd.source"u8, writer.Written);
    }

    private void Emit(ReadOnlySpan<byte> type, ReadOnlySpan<byte> payload) =>
        IsWhole = emitter is not null && emitter.Emit(type, payload).Ok;

    private static void Common(ref MsgPackWriter writer, string reason, in Caller caller)
    {
        writer.String("success"u8);
        writer.Boolean(reason == "OK");
        Text(ref writer, "reason"u8, reason);
        OptionalSid(ref writer, "by_sid"u8, caller.User);
        writer.String("by_pid"u8);
        writer.UInt64((ulong)Math.Max(caller.Pid, 0));
        writer.String("by_auth_id"u8);
        writer.UInt64(caller.AuthId);
    }

    private static void Text(ref MsgPackWriter writer, ReadOnlySpan<byte> key, string value)
    {
        writer.String(key);
        writer.String(value.AsSpan(0, Math.Min(value.Length, 256)));
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
}
