// SPDX-License-Identifier: MIT
using System;

namespace Registryd.Serve;

/// <summary>Collects what RSI_DELETE_LAYER did in each hive (LOREG-045); the hive that finishes last answers.</summary>
internal sealed class LayerDeletion
{
    private readonly object _lock = new();
    private readonly ResponseBuilder _response = new();
    private readonly int _countAt;
    private int _left;
    private int _orphans;
    private RsiStatus _status = RsiStatus.Ok;

    /// <summary>Expects an outcome from each of <paramref name="hives"/> hives.</summary>
    public LayerDeletion(RequestHeader header, int hives)
    {
        _left = hives;
        _response.Begin(header.RequestId, header.Operation);
        _countAt = _response.ReserveCount();
    }

    /// <summary>Adds one hive's outcome; true for the last, whose caller then sends <paramref name="frame"/>.</summary>
    public bool Finish(RsiStatus status, ReadOnlySpan<byte> orphans, out byte[] frame)
    {
        lock (_lock)
        {
            if (status == RsiStatus.Ok)
            {
                _response.Raw(orphans);
                _orphans += orphans.Length / 16;
            }
            else
            {
                _status = status;
            }

            frame = [];
            if (--_left > 0)
            {
                return false;
            }

            _response.SetCount(_countAt, _orphans);
            _response.End(_status);
            frame = _response.Frame.ToArray();
            return true;
        }
    }
}
