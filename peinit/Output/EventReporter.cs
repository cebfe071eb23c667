// SPDX-License-Identifier: MIT
using System;
using Peinit.Core;
using Peinit.Shell;
using Peios.Events;
using Peios.Interop;

namespace Peinit.Output;

/// <summary>peinit's structured events (PEINIT-288, PEINIT-314, PEINIT-424 to PEINIT-426). Building one allocates nothing.</summary>
internal sealed class EventReporter
{
    private const int MaxPayload = 16 << 10;

    private readonly PeinitLog _log;
    private readonly EventEmitter? _emitter;
    private readonly byte[] _buffer = new byte[MaxPayload];

    internal EventReporter(PeinitLog log)
    {
        _log = log;
        if (!EventEmitter.Open().TryGet(out _emitter, out Errno error))
        {
            log.Warn($"events cannot be emitted: {error}");
        }
    }

    internal void Transition(in Effect effect)
    {
        MsgPackWriter w = new(_buffer);
        w.Map(5);
        Text(ref w, "service"u8, effect.Service!.Name);
        Text(ref w, "from"u8, Names.Of(effect.From));
        Text(ref w, "to"u8, Names.Of(effect.To));
        Text(ref w, "cause"u8, Names.Of(effect.Cause));
        JobId(ref w, effect.Job);
        Emit("service.transition"u8, w.Written);
    }

    internal void Notify(in Effect effect)
    {
        MsgPackWriter w = new(_buffer);
        w.Map(5);
        Text(ref w, "service"u8, effect.Service!.Name);
        JobId(ref w, effect.Job);
        Text(ref w, "key"u8, effect.Key);
        Text(ref w, "value"u8, effect.Text);
        Number(ref w, "omitted"u8, effect.Number);
        Emit("service.notify"u8, w.Written);
    }

    internal void BootMode(BootMode mode, string? reason)
    {
        MsgPackWriter w = new(_buffer);
        w.Map(2);
        Text(ref w, "mode"u8, Names.Of(mode));
        Text(ref w, "reason"u8, reason);
        Emit("boot.mode"u8, w.Written);
    }

    /// <summary>A refused control request (PEINIT-153), and how many of this caller before it went unrecorded.</summary>
    internal void AccessDenied(ReadOnlySpan<byte> callerSid, string target, string right, long omitted)
    {
        MsgPackWriter w = new(_buffer);
        w.Map(4);
        w.String("caller_sid"u8);
        w.Binary(callerSid);
        Text(ref w, "target"u8, target);
        Text(ref w, "right"u8, right);
        Number(ref w, "omitted"u8, omitted);
        Emit("access.denied"u8, w.Written);
    }

    internal void JobCreated(Job job)
    {
        MsgPackWriter w = new(_buffer);
        w.Map(6);
        w.String("job_id"u8);
        w.Guid(job.Id);
        Text(ref w, "service"u8, job.Service.Name);
        Text(ref w, "type"u8, Names.Of(job.Type));
        Text(ref w, "image_path"u8, job.Path);
        Text(ref w, "identity"u8, job.Identity);
        OptionalGuid(ref w, "operation_id"u8, job.OperationId);
        Emit("job.created"u8, w.Written);
    }

    internal void JobStarted(Job job)
    {
        MsgPackWriter w = new(_buffer);
        w.Map(3);
        w.String("job_id"u8);
        w.Guid(job.Id);
        w.String("pid"u8);
        w.Int64(job.Pid);
        Text(ref w, "cgroup"u8, job.CgroupPath);
        Emit("job.started"u8, w.Written);
    }

    /// <summary>The record of a job (PEINIT-286) and how long it took.</summary>
    internal void JobEnded(Job job, ReadOnlySpan<byte> tokenSummary)
    {
        MsgPackWriter w = new(_buffer);
        w.Map(19);
        w.String("job_id"u8);
        w.Guid(job.Id);
        Text(ref w, "service"u8, job.Service.Name);
        Text(ref w, "type"u8, Names.Of(job.Type));
        Text(ref w, "state"u8, Names.Of(job.State));
        Number(ref w, "pid"u8, job.Pid == 0 ? null : job.Pid);
        Text(ref w, "identity"u8, job.Identity);
        w.String("token_summary"u8);
        if (tokenSummary.IsEmpty)
        {
            w.Nil();
        }
        else
        {
            w.Raw(tokenSummary);
        }

        Text(ref w, "image_path"u8, job.Path);
        w.String("arguments"u8);
        w.Array(job.Arguments.Length);
        foreach (string argument in job.Arguments)
        {
            w.String(argument);
        }

        Time(ref w, "created_at"u8, job.CreatedAt);
        Time(ref w, "started_at"u8, job.StartedAt);
        Time(ref w, "ended_at"u8, job.EndedAt);
        Number(ref w, "exit_code"u8, job.ExitCode < 0 ? null : job.ExitCode);
        Number(ref w, "exit_signal"u8, job.ExitSignal == 0 ? null : job.ExitSignal);
        Text(ref w, "failure_cause"u8, job.FailureCause == Cause.None ? null : Names.Of(job.FailureCause));
        Text(ref w, "cgroup_id"u8, job.CgroupPath);
        Number(ref w, "cgroup_gen"u8, job.CgroupGeneration);
        OptionalGuid(ref w, "operation_id"u8, job.OperationId);
        long from = job.StartedAt.Realtime == 0 ? job.CreatedAt.Monotonic : job.StartedAt.Monotonic;
        Number(ref w, "duration"u8, Math.Max(0, job.EndedAt.Monotonic - from));
        Emit("job.ended"u8, w.Written);
    }

    internal void Operation(EffectKind kind, Operation operation)
    {
        ReadOnlySpan<byte> type = kind switch
        {
            EffectKind.OperationRequested => "operation.requested"u8,
            EffectKind.OperationStarted => "operation.started"u8,
            _ => operation.State switch
            {
                OperationState.Completed => "operation.completed"u8,
                OperationState.Merged => "operation.merged"u8,
                OperationState.Cancelled => "operation.cancelled"u8,
                OperationState.Aborted => "operation.aborted"u8,
                _ => "operation.failed"u8,
            },
        };
        MsgPackWriter w = new(_buffer);
        w.Map(8);
        w.String("operation_id"u8);
        w.Guid(operation.Id);
        Text(ref w, "type"u8, Names.Of(operation.Type));
        Text(ref w, "service"u8, operation.Service.Name);
        Text(ref w, "source"u8, Names.Of(operation.Source));
        Text(ref w, "caller"u8, operation.Caller);
        Text(ref w, operation.State == OperationState.Failed ? "reason"u8 : "result"u8, operation.Result);
        OptionalGuid(ref w, "merged_into"u8, operation.MergedInto);
        bool ended = kind == EffectKind.OperationEnded;
        Number(ref w, "duration"u8, ended ? Math.Max(0, operation.CompletedAt.Monotonic - operation.CreatedAt.Monotonic) : null);
        Emit(type, w.Written);
    }

    private static void Text(ref MsgPackWriter w, ReadOnlySpan<byte> key, string? value)
    {
        w.String(key);
        if (value is null)
        {
            w.Nil();
        }
        else
        {
            w.String(value);
        }
    }

    private static void Number(ref MsgPackWriter w, ReadOnlySpan<byte> key, long? value)
    {
        w.String(key);
        if (value is long number)
        {
            w.Int64(number);
        }
        else
        {
            w.Nil();
        }
    }

    private static void Time(ref MsgPackWriter w, ReadOnlySpan<byte> key, Moment value)
    {
        w.String(key);
        if (value.Realtime == 0)
        {
            w.Nil();
        }
        else
        {
            w.UInt64((ulong)value.Realtime);
        }
    }

    private static void JobId(ref MsgPackWriter w, Job? job) => OptionalGuid(ref w, "job_id"u8, job?.Id ?? Guid.Empty);

    private static void OptionalGuid(ref MsgPackWriter w, ReadOnlySpan<byte> key, Guid value)
    {
        w.String(key);
        if (value == Guid.Empty)
        {
            w.Nil();
        }
        else
        {
            w.Guid(value);
        }
    }

    // A lost event leaves at least a line (PEINIT-425); an empty payload is one that did not fit.
    private void Emit(ReadOnlySpan<byte> type, ReadOnlySpan<byte> payload)
    {
        if (_emitter is null)
        {
            return;
        }

        Errno error = payload.IsEmpty ? Errno.EMSGSIZE : _emitter.Emit(type, payload);
        if (!error.Ok)
        {
            _log.Record($"event {System.Text.Encoding.UTF8.GetString(type)} was not emitted: {error}", isError: true);
        }
    }
}
