// SPDX-License-Identifier: MIT
using System;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Tests.Managed.Abi;

/// <summary>The layout that the runtime really uses; <c>Marshal.OffsetOf</c> would describe the marshalled form instead.</summary>
internal static class ManagedLayout
{
    internal static int SizeOf(Type type) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    internal static long OffsetOf(Type type, FieldInfo field)
    {
        DynamicMethod method = new("offset", typeof(long), null, typeof(ManagedLayout).Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        il.DeclareLocal(type);
        il.Emit(OpCodes.Ldloca_S, (byte)0);
        il.Emit(OpCodes.Ldflda, field);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Ldloca_S, (byte)0);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Ret);
        return (long)method.Invoke(null, null)!;
    }
}
