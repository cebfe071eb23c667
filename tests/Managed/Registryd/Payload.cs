// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text;

namespace Peios.Tests.Registryd;

/// <summary>Builds the payload of a request field by field.</summary>
internal sealed class Payload
{
    private readonly List<byte> _bytes = [];

    public static byte[] Guid(byte number)
    {
        byte[] guid = new byte[16];
        guid[0] = number;
        guid[15] = 0x77;
        return guid;
    }

    public Payload Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public Payload Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    public Payload Bytes(byte[] bytes)
    {
        _bytes.AddRange(BitConverter.GetBytes((uint)bytes.Length));
        _bytes.AddRange(bytes);
        return this;
    }

    public Payload U32(uint value)
    {
        _bytes.AddRange(BitConverter.GetBytes(value));
        return this;
    }

    public Payload U64(ulong value)
    {
        _bytes.AddRange(BitConverter.GetBytes(value));
        return this;
    }

    public byte[] Done() => [.. _bytes];

    public static byte[] Entry(byte[] parent, string child, byte[] target, ulong sequence = 1) =>
        new Payload().Raw(parent).Text(child).Text("base").Raw(target).U64(sequence).Done();

    public static byte[] Hide(byte[] parent, string child, ulong sequence = 1) =>
        new Payload().Raw(parent).Text(child).Text("base").U64(sequence).Done();

    public static byte[] DeleteEntry(byte[] parent, string child) => new Payload().Raw(parent).Text(child).Text("base").Done();

    public static byte[] Key(byte[] guid, string name, byte[] parent, bool isVolatile = false) =>
        new Payload().Raw(guid).Text(name).Raw(parent).Bytes([1, 2, 3]).Raw(isVolatile ? (byte)1 : (byte)0, 0).Done();

    public static byte[] Value(byte[] key, string name, byte[] data, ulong sequence = 1, ulong expected = 0, uint type = 3, string layer = "base") =>
        new Payload().Raw(key).Text(name).Text(layer).U32(type).Bytes(data).U64(sequence).U64(expected).Done();

    public static byte[] Query(byte[] key, string name) => new Payload().Raw(key).Text(name).Raw(0).Done();

    public static byte[] QueryAll(byte[] key) => new Payload().Raw(key).Text("").Raw(1).Done();
}
