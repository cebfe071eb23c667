// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;
using Peios.Interop.Rsi;
using Peios.Interop.Sqlite;
using Registryd.Store;

namespace Registryd.Serve;

/// <summary>
/// One hive's writer thread. Mutations that arrived together share a commit and so one wait for the disk; each is
/// answered only after that commit, which is what makes an acknowledged write survive a power cut.
/// </summary>
internal sealed class HiveService
{
    private const int StackBytes = 512 * 1024;

    private readonly HiveWriter _writer;
    private readonly IResponseSink _sink;
    private readonly Thread _thread;
    private readonly List<WriteJob> _batch = [];
    private readonly ResponseBuilder _response = new();

    /// <summary>Takes over the writer.</summary>
    public HiveService(HiveFile file, HiveWriter writer, byte[] rootGuid, IResponseSink sink)
    {
        File = file;
        RootGuid = rootGuid;
        _writer = writer;
        _sink = sink;
        _thread = new Thread(Loop, StackBytes) { Name = "write " + file.Name, IsBackground = true };
    }

    /// <summary>The hive's file.</summary>
    public HiveFile File { get; }

    /// <summary>GUID of its root key.</summary>
    public byte[] RootGuid { get; }

    /// <summary>Where mutations of this hive go.</summary>
    public WriteQueue Queue { get; } = new();

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Finishes what is queued, empties the log and closes the connection.</summary>
    public void Stop()
    {
        Queue.Close();
        _thread.Join();
        _ = _writer.Flush();
        _writer.Dispose();
    }

    private void Loop()
    {
        while (Queue.Take(_batch))
        {
            int at = 0;
            while (at < _batch.Count)
            {
                int end = at;
                while (end < _batch.Count && SharesCommit(_batch[end]))
                {
                    end++;
                }

                if (end > at)
                {
                    RunTogether(at, end);
                    at = end;
                }
                else
                {
                    RunAlone(at++);
                }
            }
        }
    }

    private static bool SharesCommit(WriteJob job) =>
        job.Header.Operation != RsiAbi.RSI_FLUSH && job.Header.Operation != RsiAbi.RSI_DELETE_LAYER;

    private void RunTogether(int from, int to)
    {
        if (!TryCommit(from, to) && to - from > 1)
        {
            // One of them spoiled the batch, or the disk is nearly full: each gets its own chance.
            for (int i = from; i < to; i++)
            {
                _ = TryCommit(i, i + 1);
            }
        }

        for (int i = from; i < to; i++)
        {
            Answer(_batch[i]);
        }
    }

    private bool TryCommit(int from, int to)
    {
        SqliteCode code = _writer.Begin();
        for (int i = from; i < to && code == SqliteCode.Ok; i++)
        {
            WriteJob job = _batch[i];
            _response.Begin(job.Header.RequestId, job.Header.Operation);
            job.Status = _writer.Run(job.Header.Operation, job.Payload, _response, out SqliteCode failure);
            StopIfDamaged(failure);
            code = _writer.InBatch ? SqliteCode.Ok : failure == SqliteCode.Ok ? SqliteCode.Abort : failure;
        }

        if (code == SqliteCode.Ok)
        {
            code = _writer.Commit();
        }
        else
        {
            _writer.Rollback();
        }

        StopIfDamaged(code);
        for (int i = from; i < to && code != SqliteCode.Ok; i++)
        {
            _batch[i].Status = StatusMapping.Of(code);
        }

        return code == SqliteCode.Ok;
    }

    private void RunAlone(int index)
    {
        WriteJob job = _batch[index];
        if (job.Header.Operation == RsiAbi.RSI_FLUSH)
        {
            SqliteCode code = _writer.Flush();
            StopIfDamaged(code);
            job.Status = StatusMapping.Of(code);
            Answer(job);
            return;
        }

        _ = TryCommit(index, index + 1);
        ReadOnlySpan<byte> orphans = job.Status == RsiStatus.Ok ? _response.Frame[StatusOnly..] : default;
        if (job.Deletion!.Finish(job.Status, orphans, out byte[] frame))
        {
            _sink.Send(frame);
        }
    }

    private const int StatusOnly = (int)RsiAbi.RSI_RESPONSE_HEADER_LEN + 4;

    private void Answer(WriteJob job)
    {
        _response.Begin(job.Header.RequestId, job.Header.Operation);
        _response.End(job.Status);
        _sink.Send(_response.Frame);
    }

    private void StopIfDamaged(SqliteCode code)
    {
        if (StoreError.IsDamage(code))
        {
            _sink.Fail($"{File.Path} is damaged");
        }
    }
}
