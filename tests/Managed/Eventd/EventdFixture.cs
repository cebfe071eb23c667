// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;
using Eventd;
using Eventd.Access;
using Peios.Events;
using Peios.Interop;
using Peios.Interop.Sqlite;
using Peios.Ipc;
using Xunit;

namespace Peios.Tests.Eventd;

/// <summary>A folder for stores and sockets, and what tests do with a running daemon.</summary>
internal sealed class EventdFixture : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("eventd").FullName;
    private Daemon? _running;

    internal EventdFixture(int cpus = 1, ulong capacity = 1 << 20)
    {
        Rings = new TestRings(cpus, capacity);
        Settings = new Settings
        {
            EventStorePath = Path.Combine(_folder, "events"),
            LogStorePath = Path.Combine(_folder, "logs.db"),
            QuerySocketPath = Path.Combine(_folder, "query.sock"),
            LogSocketPath = Path.Combine(_folder, "log.sock"),
        };
    }

    internal TestRings Rings { get; }

    internal Settings Settings { get; set; }

    internal Guid Boot { get; set; } = new("11111111-2222-3333-4444-555555555555");

    internal TestJudge Judge { get; } = new();

    internal SecurityCatalogue Security { get; } = SecurityCatalogue.Default();

    internal Daemon Start()
    {
        Daemon? daemon = Daemon.Start(Settings, Boot, Rings, Judge, Security, out string problem);
        Assert.True(daemon is not null, problem);
        _running = daemon;
        return daemon;
    }

    /// <summary>Why it does not start; that it does is a failure.</summary>
    internal string Refusal(Settings settings)
    {
        _running = Daemon.Start(settings, Boot, Rings, Judge, Security, out string problem);
        Assert.Null(_running);
        return problem;
    }

    internal void Stop(Daemon daemon)
    {
        Assert.True(daemon.Stop(30000));
        daemon.Dispose();
        _running = null;
    }

    /// <summary>Ends a daemon as SIGKILL would: what is not committed stays uncommitted.</summary>
    internal void Kill(Daemon daemon)
    {
        daemon.Abort();
        daemon.Dispose();
        _running = null;
    }

    /// <summary>Waits for a condition; its failure is a failure of the test, not a matter of speed.</summary>
    internal static void Until(Func<bool> condition, string what)
    {
        Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromMinutes(2)), $"never: {what}");
    }

    /// <summary>Rows of a SELECT over all shards, columns joined by '|'; blobs in hex.</summary>
    internal List<string> Rows(string sql, string? file = null)
    {
        List<string> rows = [];
        foreach (string path in file is null ? Directory.GetFiles(Settings.EventStorePath, "shard-*.db") : [file])
        {
            Assert.True(SqliteDatabase.TryOpen(path, SqliteOpenFlags.ReadOnly, out SqliteDatabase? db, out _));
            using (db)
            {
                if (!db.TryPrepare(Encoding.UTF8.GetBytes(sql), out SqliteStatement? select, out _))
                {
                    continue;
                }

                using (select)
                {
                    while (select.Step() == SqliteCode.Row)
                    {
                        rows.Add(Line(select));
                    }
                }
            }
        }

        return rows;
    }

    /// <summary>Sends a query; the records as maps, or the error under the key "error".</summary>
    internal List<Dictionary<string, object?>> Query(string text)
    {
        using UnixSocket socket = Connect();
        Send(socket, text);
        List<Dictionary<string, object?>> records = [];
        while (Receive(socket) is Dictionary<string, object?> message)
        {
            if ((string)message["status"]! != "ok")
            {
                if ((string)message["status"]! == "error")
                {
                    records.Add(message);
                }

                break;
            }

            foreach (object? record in (List<object?>)message["records"]!)
            {
                records.Add((Dictionary<string, object?>)record!);
            }
        }

        return records;
    }

    internal UnixSocket Connect()
    {
        Assert.True(UnixSocket.Connect(Settings.QuerySocketPath).TryGet(out UnixSocket? socket));
        return socket;
    }

    internal static void Send(UnixSocket socket, string query)
    {
        byte[] request = new byte[query.Length + 64];
        MsgPackWriter w = new(request.AsSpan(4));
        w.Map(1);
        w.String("query"u8);
        w.String(query);
        BinaryPrimitives.WriteInt32LittleEndian(request, w.Length);
        _ = socket.Send(request.AsSpan(0, 4 + w.Length)); // a server that refused has closed already; its answer is there
    }

    internal static Dictionary<string, object?>? Receive(UnixSocket socket)
    {
        byte[] head = new byte[4];
        if (!Fill(socket, head))
        {
            return null;
        }

        byte[] body = new byte[BinaryPrimitives.ReadInt32LittleEndian(head)];
        Assert.True(Fill(socket, body));
        MsgPackReader reader = new(body);
        Dictionary<string, object?> message = (Dictionary<string, object?>)Value(ref reader)!;
        Assert.True(reader.AtEnd);
        return message;
    }

    internal void Log(ReadOnlySpan<byte> datagram)
    {
        Assert.True(UnixSocket.ConnectDatagram(Settings.LogSocketPath).TryGet(out UnixSocket? socket));
        using (socket)
        {
            Result<int> sent;
            SpinWait wait = default;
            while ((sent = socket.Send(datagram)).Error == Errno.EAGAIN)
            {
                wait.SpinOnce(); // the queue of a socket is short
            }

            Assert.True(sent.Ok, sent.Error.ToString());
        }
    }

    public void Dispose()
    {
        if (_running is not null)
        {
            Kill(_running); // a test failed; its threads must not outlive the rings
        }

        Rings.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static bool Fill(UnixSocket socket, Span<byte> to)
    {
        while (!to.IsEmpty)
        {
            Assert.True(Polling.Wait(socket.Fd, Polling.Readable, 60000).TryGet(out short ready) && ready != 0);
            if (!socket.Receive(to).TryGet(out int n) || n == 0)
            {
                return false;
            }

            to = to[n..];
        }

        return true;
    }

    private static object? Value(ref MsgPackReader r)
    {
        switch (r.NextType)
        {
            case MsgPackType.Map:
                Assert.True(r.TryReadMap(out int pairs));
                Dictionary<string, object?> map = [];
                for (int i = 0; i < pairs; i++)
                {
                    Assert.True(r.TryReadString(out ReadOnlySpan<byte> key));
                    map.Add(Encoding.UTF8.GetString(key), Value(ref r));
                }

                return map;
            case MsgPackType.Array:
                Assert.True(r.TryReadArray(out int count));
                List<object?> list = [];
                for (int i = 0; i < count; i++)
                {
                    list.Add(Value(ref r));
                }

                return list;
            case MsgPackType.String:
                Assert.True(r.TryReadString(out ReadOnlySpan<byte> text));
                return Encoding.UTF8.GetString(text);
            case MsgPackType.Integer:
                Assert.True(r.TryReadInt64(out long number));
                return number;
            case MsgPackType.Boolean:
                Assert.True(r.TryReadBoolean(out bool flag));
                return flag;
            case MsgPackType.Binary:
                Assert.True(r.TryReadBinary(out ReadOnlySpan<byte> bytes));
                return bytes.ToArray();
            default:
                Assert.True(r.TryReadNil());
                return null;
        }
    }

    private static string Line(SqliteStatement row)
    {
        List<string> cells = [];
        for (int i = 0; i < row.ColumnCount; i++)
        {
            cells.Add(row.ColumnType(i) switch
            {
                SqliteColumnType.Null => "NULL",
                SqliteColumnType.Blob => Convert.ToHexString(row.ColumnBlob(i)),
                _ => Encoding.UTF8.GetString(row.ColumnText(i)),
            });
        }

        return string.Join('|', cells);
    }
}
