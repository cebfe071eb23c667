// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Peios.Interop.Sqlite;

/// <summary>
/// One connection to a database file. It belongs to one thread at a time; only <see cref="Interrupt"/> may come from
/// another. Failures are <see cref="SqliteCode"/> values, never exceptions.
/// </summary>
public sealed unsafe class SqliteDatabase : SafeHandle
{
    private const int ConfigMemoryStatus = 9;

    private long _deadline = long.MaxValue;
    private volatile bool _cancelled;
    private GCHandle _self;

    private SqliteDatabase(nint db, string path) : base(0, ownsHandle: true)
    {
        SetHandle(db);
        Path = path;
    }

    /// <summary>The file, as it was opened.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Text of the last failure on this connection; allocates, for log lines only.</summary>
    public string ErrorMessage => IsInvalid ? "closed" : Marshal.PtrToStringUTF8((nint)Sqlite.ErrorMessage(handle)) ?? string.Empty;

    /// <summary>Extended code of the last failure, for log lines.</summary>
    public int ExtendedError => IsInvalid ? (int)SqliteCode.Misuse : Sqlite.ExtendedError(handle);

    /// <summary>Rows changed by the last INSERT, UPDATE or DELETE.</summary>
    public long Changes => IsInvalid ? 0 : Sqlite.Changes(handle);

    /// <summary>Row ID of the last INSERT.</summary>
    public long LastInsertRowId => IsInvalid ? 0 : Sqlite.LastInsertRowId(handle);

    /// <summary>Is a transaction open?</summary>
    public bool InTransaction => !IsInvalid && Sqlite.Autocommit(handle) == 0;

    /// <summary>The native connection; 0 after disposal.</summary>
    internal nint Native => handle;

    /// <summary>
    /// Opens <paramref name="path"/>. On failure <paramref name="code"/> says why and <paramref name="db"/> is null.
    /// SQLite opens lazily: damage may only show at the first statement.
    /// </summary>
    public static bool TryOpen(string path, SqliteOpenFlags flags, [NotNullWhen(true)] out SqliteDatabase? db, out SqliteCode code)
    {
        ArgumentNullException.ThrowIfNull(path);
        db = null;
        byte[] name = Encoding.UTF8.GetBytes(path + "\0");
        if (name.AsSpan(0, name.Length - 1).Contains((byte)0))
        {
            code = SqliteCode.CantOpen;
            return false;
        }

        nint raw;
        fixed (byte* p = name)
        {
            code = (SqliteCode)(Sqlite.Open(p, &raw, (int)flags | Sqlite.OpenNoMutex, null) & 0xff);
        }

        if (code != SqliteCode.Ok)
        {
            // SQLite hands out a connection even for a failed open, only to carry the message.
            _ = Sqlite.Close(raw);
            return false;
        }

        db = new SqliteDatabase(raw, path);
        return true;
    }

    /// <summary>Runs every statement of <paramref name="sql"/> (UTF-8, for example a <c>u8</c> literal) and drops result rows.</summary>
    public SqliteCode Execute(ReadOnlySpan<byte> sql)
    {
        if (IsInvalid)
        {
            return SqliteCode.Misuse;
        }

        fixed (byte* start = sql)
        {
            byte* at = start;
            byte* end = start + sql.Length;
            while (at < end)
            {
                nint statement;
                byte* tail;
                int rc = Sqlite.Prepare(handle, at, (int)(end - at), 0, &statement, &tail);
                if (rc != 0)
                {
                    return (SqliteCode)(rc & 0xff);
                }

                at = tail;
                if (statement == 0)
                {
                    continue; // white space or a comment
                }

                while ((rc = Sqlite.Step(statement)) == (int)SqliteCode.Row)
                {
                }

                _ = Sqlite.Finalize(statement);
                if (rc != (int)SqliteCode.Done)
                {
                    return (SqliteCode)(rc & 0xff);
                }
            }
        }

        GC.KeepAlive(this);
        return SqliteCode.Ok;
    }

    /// <summary>Compiles the first statement of <paramref name="sql"/>; the caller disposes it.</summary>
    /// <param name="sql">SQL text, UTF-8.</param>
    /// <param name="statement">The statement, or null on failure.</param>
    /// <param name="code">Why it failed; the text is in <see cref="ErrorMessage"/>.</param>
    public bool TryPrepare(ReadOnlySpan<byte> sql, [NotNullWhen(true)] out SqliteStatement? statement, out SqliteCode code)
    {
        statement = null;
        nint raw = 0;
        byte* tail;
        fixed (byte* p = sql)
        {
            code = IsInvalid ? SqliteCode.Misuse
                : (SqliteCode)(Sqlite.Prepare(handle, p, sql.Length, Sqlite.PreparePersistent, &raw, &tail) & 0xff);
        }

        GC.KeepAlive(this);
        if (code == SqliteCode.Ok && raw == 0)
        {
            code = SqliteCode.Error; // nothing but white space
        }

        if (code != SqliteCode.Ok)
        {
            return false;
        }

        statement = new SqliteStatement(raw, this);
        return true;
    }

    /// <summary>How long a statement waits for another connection's lock before it answers <see cref="SqliteCode.Busy"/>.</summary>
    public SqliteCode SetBusyTimeout(int milliseconds) =>
        IsInvalid ? SqliteCode.Misuse : (SqliteCode)Sqlite.BusyTimeout(handle, milliseconds);

    /// <summary>Stops a running statement of this connection; may be called from any thread while the connection is open.</summary>
    public void Interrupt()
    {
        bool added = false;
        try
        {
            DangerousAddRef(ref added);
            Sqlite.Interrupt(handle);
        }
        catch (ObjectDisposedException)
        {
            // Closed in the meantime: nothing runs any more.
        }
        finally
        {
            if (added)
            {
                DangerousRelease();
            }
        }
    }

    /// <summary>
    /// Statements of this connection answer <see cref="SqliteCode.Interrupt"/> once <see cref="Environment.TickCount64"/>
    /// passes <paramref name="tickMilliseconds"/>; <see cref="long.MaxValue"/> removes the deadline.
    /// </summary>
    public void SetDeadline(long tickMilliseconds)
    {
        ObjectDisposedException.ThrowIf(IsInvalid, this);
        _deadline = tickMilliseconds;
        if (tickMilliseconds == long.MaxValue)
        {
            Sqlite.ProgressHandler(handle, 0, null, 0);
            return;
        }

        Sqlite.ProgressHandler(handle, 1000, &PastDeadline, Self());
    }

    /// <summary>Automatic checkpoint threshold in WAL pages; 0 switches automatic checkpoints off.</summary>
    public SqliteCode SetWalAutoCheckpoint(int pages) =>
        IsInvalid ? SqliteCode.Misuse : (SqliteCode)Sqlite.WalAutoCheckpoint(handle, pages);

    /// <summary>
    /// Switches SQLite's memory statistics off for the whole process: a lock and two counters for each allocation.
    /// Only before the first connection; Misuse afterwards.
    /// </summary>
    public static SqliteCode DisableMemoryStatistics() => (SqliteCode)(Sqlite.Configure(ConfigMemoryStatus, 0) & 0xff);

    /// <summary>Frames in the write-ahead log after this connection's last commit, once <see cref="TrackWal"/> was called.</summary>
    public int WalFrames { get; private set; }

    /// <summary>No automatic checkpoints any more: every commit stores the size of the log in <see cref="WalFrames"/> instead.</summary>
    public void TrackWal()
    {
        ObjectDisposedException.ThrowIf(IsInvalid, this);
        _ = Sqlite.WalHook(handle, &Committed, Self());
    }

    /// <summary>Passive checkpoint: copies what no reader holds and never waits.</summary>
    /// <param name="frames">Frames in the WAL, or -1.</param>
    /// <param name="done">Frames copied so far, or -1.</param>
    public SqliteCode CheckpointPassive(out int frames, out int done)
    {
        int total = -1;
        int copied = -1;
        SqliteCode code = IsInvalid ? SqliteCode.Misuse
            : (SqliteCode)(Sqlite.WalCheckpoint(handle, null, 0, &total, &copied) & 0xff);
        frames = total;
        done = copied;
        return code;
    }

    /// <summary>Copies the whole database into <paramref name="destination"/> through SQLite's backup API.</summary>
    /// <param name="destination">An open, writable connection to another file.</param>
    /// <param name="pagesPerStep">Pages copied between two looks at the lock; -1 copies all at once.</param>
    /// <returns>Ok; Busy or Locked when another writer never let go; else the failure.</returns>
    public SqliteCode BackupTo(SqliteDatabase destination, int pagesPerStep = -1)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (IsInvalid || destination.IsInvalid)
        {
            return SqliteCode.Misuse;
        }

        nint backup;
        fixed (byte* main = "main\0"u8)
        {
            backup = Sqlite.BackupInit(destination.handle, main, handle, main);
        }

        if (backup == 0)
        {
            return (SqliteCode)(destination.ExtendedError & 0xff);
        }

        int rc;
        do
        {
            rc = Sqlite.BackupStep(backup, pagesPerStep);
        }
        while (rc == (int)SqliteCode.Ok);

        int finish = Sqlite.BackupFinish(backup);
        GC.KeepAlive(destination);
        GC.KeepAlive(this);
        return rc == (int)SqliteCode.Done ? (SqliteCode)(finish & 0xff) : (SqliteCode)(rc & 0xff);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        int rc = Sqlite.Close(handle);
        handle = 0;
        if (_self.IsAllocated)
        {
            _self.Free();
        }

        return rc == 0;
    }

    /// <summary>From here on <see cref="Cancel"/> stops what runs. Belongs to the connection's thread, as the end does.</summary>
    public void BeginCancellable()
    {
        ObjectDisposedException.ThrowIf(IsInvalid, this);
        _cancelled = false;
        Sqlite.ProgressHandler(handle, 1000, &PastDeadline, Self());
    }

    /// <summary>
    /// Stops the statement that runs, between two of its steps: it answers <see cref="SqliteCode.Interrupt"/>. Any thread;
    /// without effect outside <see cref="BeginCancellable"/>. Unlike <see cref="Interrupt"/> it is noticed inside long
    /// sorts of an index build.
    /// </summary>
    public void Cancel() => _cancelled = true;

    /// <summary>Nothing can be stopped any more; a deadline is gone too.</summary>
    public void EndCancellable()
    {
        _cancelled = false;
        SetDeadline(long.MaxValue);
    }

    private nint Self()
    {
        if (!_self.IsAllocated)
        {
            _self = GCHandle.Alloc(this, GCHandleType.Weak);
        }

        return GCHandle.ToIntPtr(_self);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Committed(nint context, nint db, byte* schema, int frames)
    {
        if (GCHandle.FromIntPtr(context).Target is SqliteDatabase self)
        {
            self.WalFrames = frames;
        }

        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int PastDeadline(nint context) =>
        GCHandle.FromIntPtr(context).Target is SqliteDatabase db && (db._cancelled || Environment.TickCount64 > db._deadline) ? 1 : 0;
}
