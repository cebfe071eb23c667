// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text;

namespace Tests.Managed.Security.Fuzz;

/// <summary>Makes new SDDL texts and descriptors from old ones. The same seed makes the same sequence.</summary>
internal sealed class SddlMutator(int seed)
{
    private const int MaxText = 4096;

    private static readonly string[] s_tokens =
    [
        "O:", "G:", "D:", "S:", "P", "AI", "AR", "NO_ACCESS_CONTROL", "(", ")", ";", ",", "{", "}", "!", "&&", "||", " ", "\t", "\0", "\"", "#", "%0041", "%",
        "(A;;FA;;;WD)", "(XA;;FA;;;WD;(", "(RA;;;;;WD;(\"n\",TS,0x0,\"v\"))", "(ML;;NW;;;HI)", "(SP;;;;;S-1-17-1)", "(TL;;0x1;;;S-1-19-512-1024)",
        "(OA;;1;00112233-4455-6677-8899-aabbccddeeff;;WD)", "(ZA;;1;;00112233-4455-6677-8899-aabbccddeeff;WD;(a))", "A", "D", "AU", "XD", "XU", "RA", "ML",
        "OICI", "ID", "IO", "NP", "SAFA", "GA", "GR", "CC", "0x1f01ff", "0xffffffff", "017", "4294967296", "FA", "KA", "NWNR", "WD", "SY", "BA", "CO", "PS",
        "OW", "LA", "S-1-5-18", "S-1-5-21-1-2-3-500", "S-1-0xffffffffffff-4294967295", "S-1-1-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0", "@User.", "@Device.", "@Resource.",
        "@Local.", "a", "Ü", "\ud800", "==", "!=", "<", "<=", ">=", "Contains", "Not_Contains", "Any_of", "Not_Any_of", "Exists ", "Not_Exists ",
        "Member_of{SID(BA)}", "Not_Device_Member_of_Any SID(WD)", "SID(", "{1,\"x\",#00}", "-1", "+0x7f", "9223372036854775807", "-9223372036854775808",
        "#00ff", "\"text\"", "TI", "TU", "TD", "TX", "TB", ":", ".", "0",
    ];

    private readonly Random _random = new(seed);

    /// <summary>A text made of one or two of the corpus.</summary>
    public string Text(IReadOnlyList<string> corpus)
    {
        StringBuilder text = new(corpus[_random.Next(corpus.Count)]);
        for (int n = 1 + _random.Next(4); n > 0; n--)
        {
            Change(text, corpus);
        }

        return text.Length > MaxText ? text.ToString(0, MaxText) : text.ToString();
    }

    /// <summary>A descriptor made of another one: the fields that lead elsewhere are hit most often.</summary>
    public byte[] Bytes(byte[] from)
    {
        byte[] bytes = (byte[])from.Clone();
        for (int n = 1 + _random.Next(4); n > 0 && bytes.Length > 0; n--)
        {
            int at = _random.Next(2) == 0 ? _random.Next(Math.Min(bytes.Length, 48)) : _random.Next(bytes.Length);
            switch (_random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << _random.Next(8));
                    break;
                case 2:
                    bytes[at] = (byte)(bytes[at] + _random.Next(-8, 9));
                    break;
                case 3:
                    bytes[at & ~3] = (byte)_random.Next(0, 0x16);
                    break;
                case 4:
                    bytes = bytes[..^_random.Next(1 + Math.Min(bytes.Length, 12))];
                    break;
                default:
                    bytes = [.. bytes, .. new byte[_random.Next(12)]];
                    break;
            }
        }

        return bytes;
    }

    private void Change(StringBuilder text, IReadOnlyList<string> corpus)
    {
        int at = _random.Next(text.Length + 1);
        int length = Math.Min(text.Length - at, _random.Next(12));
        switch (_random.Next(7))
        {
            case 0:
                text.Insert(at, s_tokens[_random.Next(s_tokens.Length)]);
                break;
            case 1:
                text.Remove(at, length).Insert(at, s_tokens[_random.Next(s_tokens.Length)]);
                break;
            case 2:
                text.Remove(at, length);
                break;
            case 3:
                string piece = text.ToString(at, length);
                text.Insert(at, piece, 1 + _random.Next(_random.Next(50) == 0 ? 200 : 3));
                break;
            case 4:
                string other = corpus[_random.Next(corpus.Count)];
                int start = _random.Next(other.Length + 1);
                text.Insert(at, other[start..(start + _random.Next(other.Length - start + 1))]);
                break;
            case 5:
                text.Remove(at, text.Length - at);
                break;
            default:
                text.Insert(at, (char)_random.Next(_random.Next(8) == 0 ? 0x10000 : 0x7F));
                break;
        }
    }
}
