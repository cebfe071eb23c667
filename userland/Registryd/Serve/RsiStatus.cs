// SPDX-License-Identifier: MIT
using Peios.Interop.Rsi;
using Peios.Interop.Sqlite;
using Registryd.Store;

namespace Registryd.Serve;

/// <summary>Response status (RSI-035).</summary>
internal enum RsiStatus : uint
{
    /// <summary>Done.</summary>
    Ok = RsiAbi.RSI_OK,

    /// <summary>Key, value or entry absent.</summary>
    NotFound = RsiAbi.RSI_NOT_FOUND,

    /// <summary>Entry or key exists.</summary>
    AlreadyExists = RsiAbi.RSI_ALREADY_EXISTS,

    /// <summary>The store failed.</summary>
    StorageError = RsiAbi.RSI_STORAGE_ERROR,

    /// <summary>Data too large.</summary>
    TooLarge = RsiAbi.RSI_TOO_LARGE,

    /// <summary>The write lock was not obtained.</summary>
    Busy = RsiAbi.RSI_TXN_BUSY,

    /// <summary>Malformed request or field.</summary>
    Invalid = RsiAbi.RSI_INVALID,

    /// <summary>The sequence condition failed.</summary>
    CasFailed = RsiAbi.RSI_CAS_FAILED,

    /// <summary>Transactions are not supported.</summary>
    TransactionNotSupported = RsiAbi.RSI_TXN_NOT_SUPPORTED,
}
