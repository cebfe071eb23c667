// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text;
using Peios.Interop;
using Peios.Interop.Rsi;
using Peios.Interop.Sqlite;
using Peios.Registry;
using Registryd.Store;

namespace Registryd.Serve;

/// <summary>
/// Serves the requests of one intake thread: reads at once, on connections of its own, so that no read waits for a
/// write (RSI-059); mutations go to the hive's writer.
/// </summary>
internal sealed class RequestHandler : IDisposable
{
    private const int GuidLength = 16;

    private readonly IReadOnlyList<HiveService> _hives;
    private readonly HiveMap _map;
    private readonly IResponseSink _sink;
    private readonly List<HiveReader> _readers = [];
    private readonly ResponseBuilder _response = new();

    private RequestHandler(IReadOnlyList<HiveService> hives, HiveMap map, IResponseSink sink)
    {
        _hives = hives;
        _map = map;
        _sink = sink;
    }

    /// <summary>Opens a read connection to each hive.</summary>
    public static StoreError Open(IReadOnlyList<HiveService> hives, HiveMap map, IResponseSink sink, out RequestHandler? handler)
    {
        handler = new RequestHandler(hives, map, sink);
        foreach (HiveService hive in hives)
        {
            StoreError error = HiveReader.Open(hive.File, out HiveReader? reader);
            if (!error.Ok)
            {
                handler.Dispose();
                handler = null;
                return error;
            }

            handler._readers.Add(reader!);
        }

        return StoreError.None;
    }

    /// <summary>Answers one request, or hands it to a writer that will (RSI-058).</summary>
    public void Handle(ReadOnlySpan<byte> frame)
    {
        if (!RequestHeader.TryParse(frame, out RequestHeader header, out ReadOnlySpan<byte> payload))
        {
            // The kernel does not send this, and there is no ID to answer to.
            _sink.Fail("the kernel sent a malformed request");
        }

        if (header.TransactionId != 0 && !IsTransactionControl(header.Operation))
        {
            Answer(header, RsiStatus.Invalid);
            return;
        }

        switch ((uint)header.Operation)
        {
            case RsiAbi.RSI_LOOKUP or RsiAbi.RSI_ENUM_CHILDREN or RsiAbi.RSI_READ_KEY or RsiAbi.RSI_QUERY_VALUES:
                Read(header, payload);
                break;
            case RsiAbi.RSI_CREATE_ENTRY or RsiAbi.RSI_HIDE_ENTRY or RsiAbi.RSI_DELETE_ENTRY or RsiAbi.RSI_WRITE_KEY
                or RsiAbi.RSI_DROP_KEY or RsiAbi.RSI_SET_VALUE or RsiAbi.RSI_DELETE_VALUE_ENTRY or RsiAbi.RSI_SET_BLANKET_TOMBSTONE
                or RsiAbi.RSI_CREATE_KEY:
                Write(header, payload);
                break;
            case RsiAbi.RSI_FLUSH:
                Flush(header, payload);
                break;
            case RsiAbi.RSI_DELETE_LAYER:
                DeleteLayer(header, payload);
                break;
            case RsiAbi.RSI_BEGIN_TRANSACTION or RsiAbi.RSI_COMMIT_TRANSACTION:
                Answer(header, RsiStatus.TransactionNotSupported);
                break;
            case RsiAbi.RSI_ABORT_TRANSACTION:
                Answer(header, RsiStatus.Ok);
                break;
            default:
                Answer(header, RsiStatus.Invalid);
                break;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (HiveReader reader in _readers)
        {
            reader.Dispose();
        }
    }

    private static bool IsTransactionControl(ushort operation) =>
        operation is (ushort)RsiAbi.RSI_BEGIN_TRANSACTION or (ushort)RsiAbi.RSI_COMMIT_TRANSACTION or (ushort)RsiAbi.RSI_ABORT_TRANSACTION;

    private void Read(RequestHeader header, ReadOnlySpan<byte> payload)
    {
        if (!TryFindHive(payload, out int hive, out bool malformed))
        {
            Answer(header, malformed ? RsiStatus.Invalid : RsiStatus.NotFound);
            return;
        }

        _response.Begin(header.RequestId, header.Operation);
        RsiStatus status = _readers[hive].Run(header.Operation, payload, _response, out SqliteCode code);
        if (StoreError.IsDamage(code))
        {
            _sink.Fail($"{_hives[hive].File.Path} is damaged");
        }

        _response.End(status);
        _sink.Send(_response.Frame);
    }

    private void Write(RequestHeader header, ReadOnlySpan<byte> payload)
    {
        // A new key is where its parent is: guid, name, parent.
        ReadOnlySpan<byte> routed = payload;
        if (header.Operation == RsiAbi.RSI_CREATE_KEY)
        {
            SpanReader reader = new(payload);
            reader.Skip(GuidLength);
            _ = reader.LengthPrefixed();
            routed = reader.Bytes(GuidLength);
        }

        if (!TryFindHive(routed, out int hive, out bool malformed))
        {
            Answer(header, malformed ? RsiStatus.Invalid : Missing(header.Operation));
            return;
        }

        if (header.Operation == RsiAbi.RSI_DROP_KEY)
        {
            _map.Remove(payload[..GuidLength]);
        }

        _hives[hive].Queue.Add(new WriteJob(header, payload, null));
    }

    // Deleting what does not exist is success (RSI-043, RSI-048, RSI-051).
    private static RsiStatus Missing(ushort operation) => (uint)operation switch
    {
        RsiAbi.RSI_DELETE_ENTRY or RsiAbi.RSI_DROP_KEY or RsiAbi.RSI_DELETE_VALUE_ENTRY => RsiStatus.Ok,
        _ => RsiStatus.NotFound,
    };

    private void Flush(RequestHeader header, ReadOnlySpan<byte> payload)
    {
        SpanReader reader = new(payload);
        string name = Encoding.UTF8.GetString(reader.LengthPrefixed());
        for (int i = 0; i < _hives.Count && reader.Ok; i++)
        {
            if (CaseFold.Equal(_hives[i].File.Name, name))
            {
                _hives[i].Queue.Add(new WriteJob(header, payload, null));
                return;
            }
        }

        Answer(header, RsiStatus.Invalid);
    }

    private void DeleteLayer(RequestHeader header, ReadOnlySpan<byte> payload)
    {
        LayerDeletion deletion = new(header, _hives.Count);
        foreach (HiveService hive in _hives)
        {
            hive.Queue.Add(new WriteJob(header, payload, deletion));
        }
    }

    private bool TryFindHive(ReadOnlySpan<byte> payload, out int hive, out bool malformed)
    {
        hive = -1;
        malformed = payload.Length < GuidLength;
        if (malformed)
        {
            return false;
        }

        ReadOnlySpan<byte> guid = payload[..GuidLength];
        if (_map.TryFind(guid, out hive))
        {
            return true;
        }

        for (int i = 0; i < _readers.Count; i++)
        {
            if (_readers[i].Holds(guid))
            {
                _map.Add(guid, i);
                hive = i;
                return true;
            }
        }

        return false;
    }

    private void Answer(RequestHeader header, RsiStatus status)
    {
        _response.Begin(header.RequestId, header.Operation);
        _response.End(status);
        _sink.Send(_response.Frame);
    }
}
