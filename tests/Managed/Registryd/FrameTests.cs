// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text.RegularExpressions;
using Xunit;

namespace Peios.Tests.Registryd;

/// <summary>The frames that tests/Vm/guest/lcs_frames.c holds the kernel to, byte for byte, from registryd's side.</summary>
public sealed partial class FrameTests : IDisposable
{
    private static readonly byte[] s_key = Payload.Guid(0x41);
    private static readonly byte[] s_descriptor = [4, 0, 0, 0, 1, 2, 3, 4];

    private static readonly string[] s_order =
    [
        "CREATE_ENTRY", "CREATE_KEY", "LOOKUP", "ENUM_CHILDREN", "READ_KEY", "SET_VALUE", "WRITE_KEY", "QUERY_VALUES", "SET_BLANKET",
        "QUERY_ALL", "REMOVE_BLANKET", "SET_VALUE_CAS", "DELETE_VALUE", "FLUSH", "WRITE_KEY_SD", "DELETE_ENTRY", "HIDE_ENTRY", "DROP_KEY",
    ];

    private readonly StoreHarness _store = new(name: "Machine");
    private readonly List<byte[]> _sequences = [];

    public void Dispose() => _store.Dispose();

    [GeneratedRegex("""^(REQUEST|ANSWER) *\((\w+), *"([^"]*)"\)""", RegexOptions.Multiline)]
    private static partial Regex Row();

    private static Dictionary<string, string> Table(string kind)
    {
        Dictionary<string, string> rows = [];
        foreach (Match row in Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "tests/Vm/guest/rsi_frames.h"))))
        {
            if (row.Groups[1].Value == kind)
            {
                rows.Add(row.Groups[2].Value, row.Groups[3].Value);
            }
        }

        return rows;
    }

    // What each letter of the table stands for in this test; a new sequence in each request.
    private byte[] Letter(char letter, ulong number) => letter switch
    {
        'I' => Little(number),
        'R' => _store.Root,
        'K' => s_key,
        'Q' => Little(number),
        'T' => Little(77),
        'D' => s_descriptor,
        _ => new byte[4],
    };

    private static byte[] Little(ulong number)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        return bytes;
    }

    private byte[] Request(string row, ulong number)
    {
        List<byte> frame = [];
        foreach (string word in row.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            frame.AddRange(char.IsAsciiLetterUpper(word[0]) ? Letter(word[0], number) : Convert.FromHexString(word));
        }

        byte[] bytes = [.. frame];
        if (row[0] == 'L')
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
        }

        return bytes;
    }

    private void AssertAnswer(string name, string row, byte[] answer, ulong number)
    {
        int at = 0;
        foreach (string word in row.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            byte[] want = word[0] == 'L' ? BitConverter.GetBytes(answer.Length)
                : char.IsAsciiLetterUpper(word[0]) ? Letter(word[0], number)
                : Convert.FromHexString(word);
            byte[] got = answer[at..(at + want.Length)];
            at += want.Length;
            if (word[0] == 'Q')
            {
                Assert.Contains(got, _sequences);
            }
            else if (word[0] != 'T')
            {
                Assert.True(want.AsSpan().SequenceEqual(got), $"{name}, byte {at - want.Length}: {Convert.ToHexString(answer)}");
            }
        }

        Assert.Equal(answer.Length, at);
    }

    [Fact]
    [Rule("RSI-017", "RSI-018", "RSI-037", "RSI-038", "RSI-039", "RSI-040", "RSI-044", "RSI-046", "RSI-049")]
    public void Registryd_EveryOperation_ReadsAndWritesTheseBytes()
    {
        Dictionary<string, string> requests = Table("REQUEST"), answers = Table("ANSWER");
        Assert.Equal(s_order.Length, requests.Count);
        for (int i = 0; i < s_order.Length; i++)
        {
            ulong number = (ulong)i + 0x0102030405060708;
            _sequences.Add(Little(number));
            _store.PostFrame(Request(requests[s_order[i]], number));
            AssertAnswer(s_order[i], answers[s_order[i]], _store.Take(), number);
        }
    }
}
