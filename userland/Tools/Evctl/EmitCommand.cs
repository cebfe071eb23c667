// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.Text;
using Peios.Events;
using Peios.Interop;
using Tools.Frame;

namespace Tools.Evctl;

/// <summary><c>evctl emit</c>: whole numbers, true and false keep their kind, everything else is text.</summary>
internal static class EmitCommand
{
    internal static ExitCode Run(ToolContext context)
    {
        int size = 16;
        foreach (string operand in context.Operands)
        {
            size += Encoding.UTF8.GetByteCount(operand) + 16;
        }

        MsgPackWriter w = new(new byte[size]);
        w.Map(context.Operands.Count - 1);
        for (int i = 1; i < context.Operands.Count; i++)
        {
            int equals = context.Operands[i].IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                return context.Fail(ExitCode.Usage, $"\"{context.Operands[i]}\" is not KEY=VALUE");
            }

            w.String(context.Operands[i].AsSpan(0, equals));
            Value(ref w, context.Operands[i].AsSpan(equals + 1));
        }

        if (!EventEmitter.Open().TryGet(out EventEmitter? emitter, out Errno error))
        {
            return context.Fail(ExitCode.Unreachable, $"/dev/kmes: {error}", error.ToString());
        }

        using (emitter)
        {
            error = emitter.Emit(Encoding.UTF8.GetBytes(context.Operands[0]), w.Written);
        }

        return error.Ok ? ExitCode.Success : context.Fail(Classify(error), Explain(error), error.ToString());
    }

    private static void Value(ref MsgPackWriter w, ReadOnlySpan<char> text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            w.Int64(number);
        }
        else if (text is "true" or "false")
        {
            w.Boolean(text is "true");
        }
        else
        {
            w.String(text);
        }
    }

    private static ExitCode Classify(Errno error) =>
        error == Errno.EPERM ? ExitCode.Denied
        : error == Errno.EINVAL || error == Errno.ENOSPC ? ExitCode.InvalidInput : ExitCode.Unreachable;

    private static string Explain(Errno error) =>
        error == Errno.EPERM ? "emitting events needs SeAuditPrivilege (EPERM)"
        : error == Errno.EINVAL ? "the type is empty or not UTF-8 (EINVAL)"
        : error == Errno.ENOSPC ? "the event is too large (ENOSPC)"
        : error == Errno.EAGAIN ? "this process emits too fast (EAGAIN)" : error.ToString();
}
