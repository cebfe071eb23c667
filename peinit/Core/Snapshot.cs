// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Peinit.Core;

/// <summary>
/// The machine as bytes, so that a peinit that re-executes itself after a fault goes on where it was (HAZ-037). Two
/// blobs: the model, which is large and changes rarely (<see cref="Machine.ModelVersion"/>), and the state, which is
/// small and is written before effects are executed, so that an intent is on record before its clone. Both carry a
/// version and a checksum; a state only fits the model it was written with.
/// <para>Not carried over: clients and what they wait for, operations that have ended, effects not yet executed.
/// <see cref="Input.Resume"/> asks again for what was in flight.</para>
/// </summary>
public static class Snapshot
{
    private const uint Magic = 0x53494550;
    private const int HeaderSize = 24;
    private const ushort Version = 2;

    /// <summary>What a blob is.</summary>
    private enum Part : ushort
    {
        /// <summary>Definitions and the services they belong to.</summary>
        Model = 1,
        /// <summary>What goes on.</summary>
        State = 2,
    }

    /// <summary>Writes the model.</summary>
    /// <param name="machine">The machine, between two steps.</param>
    /// <param name="destination">Receives the blob.</param>
    /// <returns>Its length, or -1 when the destination is too small.</returns>
    public static int WriteModel(Machine machine, Span<byte> destination)
    {
        if (destination.Length < HeaderSize)
        {
            return -1;
        }

        ByteWriter writer = new(destination[HeaderSize..]);
        writer.I64(machine.ModelVersion);
        SnapshotModel.Write(machine.Model, ref writer);
        return Seal(destination, Part.Model, writer.Overflowed ? -1 : writer.Length);
    }

    /// <summary>Writes the state. Allocates nothing.</summary>
    /// <param name="machine">The machine, between two steps.</param>
    /// <param name="destination">Receives the blob.</param>
    /// <returns>Its length, or -1 when the destination is too small.</returns>
    public static int WriteState(Machine machine, Span<byte> destination)
    {
        if (destination.Length < HeaderSize)
        {
            return -1;
        }

        ByteWriter writer = new(destination[HeaderSize..]);
        writer.I64(machine.ModelVersion);
        SnapshotState.Write(machine, ref writer);
        return Seal(destination, Part.State, writer.Overflowed ? -1 : writer.Length);
    }

    /// <summary>Makes the machine that two blobs describe.</summary>
    /// <param name="model">A blob of <see cref="WriteModel"/>; bytes after it are ignored.</param>
    /// <param name="state">A blob of <see cref="WriteState"/>; bytes after it are ignored.</param>
    /// <returns>The machine, or null when anything about the blobs is wrong: then the shell falls back to Recovery.</returns>
    public static Machine? Read(ReadOnlySpan<byte> model, ReadOnlySpan<byte> state)
    {
        if (!Open(model, Part.Model, out ReadOnlySpan<byte> modelBody) || !Open(state, Part.State, out ReadOnlySpan<byte> stateBody))
        {
            return null;
        }

        ByteReader modelReader = new(modelBody);
        ByteReader stateReader = new(stateBody);
        long version = modelReader.I64();
        if (version != stateReader.I64())
        {
            return null;
        }

        Machine machine = new(UInt128.One);
        machine.Model.Definitions.Version = version;
        SnapshotModel.Read(machine.Model, ref modelReader);
        if (!modelReader.IsComplete)
        {
            return null;
        }

        machine.Model.Redraw();
        SnapshotState.Read(machine, ref stateReader);
        return stateReader.IsComplete ? machine : null;
    }

    /// <summary>Gives a blob the checksum of its present content: tests of hostile content must get past it.</summary>
    internal static void Reseal(Span<byte> blob) =>
        BinaryPrimitives.WriteUInt64LittleEndian(blob[16..], Checksum(blob[..16], blob[HeaderSize..]));

    private static int Seal(Span<byte> blob, Part part, int length)
    {
        if (length < 0)
        {
            return -1;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(blob, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(blob[4..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(blob[6..], (ushort)part);
        BinaryPrimitives.WriteInt32LittleEndian(blob[8..], length);
        BinaryPrimitives.WriteInt32LittleEndian(blob[12..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(blob[16..], Checksum(blob[..16], blob.Slice(HeaderSize, length)));
        return HeaderSize + length;
    }

    private static bool Open(ReadOnlySpan<byte> blob, Part part, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (blob.Length < HeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(blob) != Magic
            || BinaryPrimitives.ReadUInt16LittleEndian(blob[4..]) != Version
            || BinaryPrimitives.ReadUInt16LittleEndian(blob[6..]) != (ushort)part)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(blob[8..]);
        if (length < 0 || length > blob.Length - HeaderSize)
        {
            return false;
        }

        body = blob.Slice(HeaderSize, length);
        return BinaryPrimitives.ReadUInt64LittleEndian(blob[16..]) == Checksum(blob[..16], body);
    }

    /// <summary>Against torn writes and flipped bits, not against an attacker: nobody else can write PID 1's memfd.</summary>
    private static ulong Checksum(ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        ulong sum = 0xcbf29ce484222325;
        sum = Mix(sum, header);
        return Mix(sum, body);
    }

    private static ulong Mix(ulong sum, ReadOnlySpan<byte> bytes)
    {
        const ulong Prime = 0x9E3779B185EBCA87;
        while (bytes.Length >= 8)
        {
            sum = BitOperations.RotateLeft((sum ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * Prime, 29);
            bytes = bytes[8..];
        }

        foreach (byte value in bytes)
        {
            sum = BitOperations.RotateLeft((sum ^ value) * Prime, 29);
        }

        return sum ^ (sum >> 32);
    }
}
