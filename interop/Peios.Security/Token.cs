// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Interop.Kacs;

namespace Peios.Security;

/// <summary>
/// A token by its descriptor: every query class decoded. EPROTO: the kernel's answer does not have the form of its
/// class. Owns the descriptor.
/// </summary>
public sealed class Token : IDisposable
{
    private const int FirstBuffer = 512;

    /// <summary>Takes ownership of <paramref name="fd"/>.</summary>
    public Token(Fd fd) => Fd = fd;

    /// <summary>The descriptor.</summary>
    public Fd Fd { get; }

    /// <inheritdoc/>
    public void Dispose() => Fd.Dispose();

    /// <summary>The calling thread's effective token, or its primary one if <paramref name="real"/>.</summary>
    public static Result<Token> OpenSelf(KacsDevice device, bool real = false, uint access = TokenRights.Query) =>
        Wrap(device.OpenSelfToken(real, access));

    /// <summary>The token a client had when it connected: rights QUERY and IMPERSONATE (KACS-TOK-043).</summary>
    public static Result<Token> OpenPeer(KacsDevice device, Fd connection) => Wrap(device.OpenPeerToken(connection));

    /// <summary>The user.</summary>
    public Result<Sid> User() => ReadSid(TokenClass.User);

    /// <summary>The groups, logon SID included.</summary>
    public Result<SidAndAttributes[]> Groups() => ReadSids(TokenClass.Groups);

    /// <summary>The privilege masks.</summary>
    public Result<TokenPrivileges> Privileges() =>
        Query(TokenClass.Privileges).TryGet(out byte[]? payload, out Errno error)
            ? TokenDecoder.TryPrivileges(payload, out TokenPrivileges value) ? value : Errno.EPROTO
            : error;

    /// <summary>Primary or impersonation.</summary>
    public Result<TokenType> Type() => Cast(ReadU32(TokenClass.Type), static value => (TokenType)value);

    /// <summary>The integrity level, a number such as 8192.</summary>
    public Result<uint> IntegrityLevel() =>
        !ReadSid(TokenClass.IntegrityLevel).TryGet(out Sid sid, out Errno error) ? error
            : sid is { Authority: 16, SubAuthorityCount: 1 } ? sid.Rid : Errno.EPROTO;

    /// <summary>Owner of new objects.</summary>
    public Result<Sid> Owner() => ReadSid(TokenClass.Owner);

    /// <summary>Group of new objects.</summary>
    public Result<Sid> PrimaryGroup() => ReadSid(TokenClass.PrimaryGroup);

    /// <summary>Interactivity scope; 0 for services.</summary>
    public Result<uint> InteractivityScope() => ReadU32(TokenClass.InteractivityScope);

    /// <summary>Restricting SIDs; empty when unrestricted.</summary>
    public Result<SidAndAttributes[]> RestrictedSids() => ReadSids(TokenClass.RestrictedSids);

    /// <summary>Who minted it.</summary>
    public Result<TokenSource> Source() =>
        Query(TokenClass.Source).TryGet(out byte[]? payload, out Errno error)
            ? TokenDecoder.TrySource(payload, out TokenSource value) ? value : Errno.EPROTO
            : error;

    /// <summary>GUID, session and other numbers.</summary>
    public Result<TokenStatistics> Statistics() =>
        Query(TokenClass.Statistics).TryGet(out byte[]? payload, out Errno error)
            ? TokenDecoder.TryStatistics(payload, out TokenStatistics value) ? value : Errno.EPROTO
            : error;

    /// <summary>Originating session; 0 for none.</summary>
    public Result<ulong> Origin() =>
        Query(TokenClass.Origin).TryGet(out byte[]? payload, out Errno error)
            ? TokenDecoder.TryU64(payload, out ulong value) ? value : Errno.EPROTO
            : error;

    /// <summary>Role in a linked pair.</summary>
    public Result<ElevationType> Elevation() => Cast(ReadU32(TokenClass.ElevationType), static value => (ElevationType)value);

    /// <summary>Device groups.</summary>
    public Result<SidAndAttributes[]> DeviceGroups() => ReadSids(TokenClass.DeviceGroups);

    /// <summary>Confinement SID; none when not confined.</summary>
    public Result<Sid> ConfinementSid() => ReadSid(TokenClass.ConfinementSid);

    /// <summary>Confinement capabilities.</summary>
    public Result<SidAndAttributes[]> Capabilities() => ReadSids(TokenClass.Capabilities);

    /// <summary>Mandatory policy bits: 1 no write up, 2 new process minimum.</summary>
    public Result<uint> MandatoryPolicy() => ReadU32(TokenClass.MandatoryPolicy);

    /// <summary>Logon type of its session.</summary>
    public Result<LogonType> LogonType() => Cast(ReadU32(TokenClass.LogonType), static value => (LogonType)value);

    /// <summary>Logon SID.</summary>
    public Result<Sid> LogonSid() => ReadSid(TokenClass.LogonSid);

    /// <summary>DACL of new objects, binary; empty for none.</summary>
    public Result<byte[]> DefaultDacl() => Checked(TokenClass.DefaultDacl, static payload => AclReader.TryRead(payload, out _));

    /// <summary>Impersonation level; 0 for primary tokens.</summary>
    public Result<ImpersonationLevel> Level() =>
        Cast(ReadU32(TokenClass.ImpersonationLevel), static value => (ImpersonationLevel)value);

    /// <summary>User claims, binary claim array.</summary>
    public Result<byte[]> UserClaims() => Checked(TokenClass.UserClaims, TokenDecoder.IsClaimArray);

    /// <summary>Device claims, binary claim array.</summary>
    public Result<byte[]> DeviceClaims() => Checked(TokenClass.DeviceClaims, TokenDecoder.IsClaimArray);

    /// <summary>Supplementary Linux group ids.</summary>
    public Result<uint[]> SupplementaryGids() =>
        Query(TokenClass.ProjectedSupplementaryGids).TryGet(out byte[]? payload, out Errno error)
            ? TokenDecoder.TryIds(payload, out uint[] value) ? value : Errno.EPROTO
            : error;

    /// <summary>The undecoded payload of a class.</summary>
    public Result<byte[]> Query(TokenClass tokenClass)
    {
        byte[] buffer = new byte[FirstBuffer];
        // The answer may grow between two calls; a token never needs more than a few rounds.
        for (int round = 0; round < 4; round++)
        {
            Errno error = KacsToken.Query(Fd, (uint)tokenClass, buffer, out int size);
            if (error.Ok)
            {
                return size >= 0 && size <= buffer.Length ? buffer[..size] : Errno.EPROTO;
            }
            if (error != Errno.ERANGE || size <= buffer.Length || size > 1 << 20)
            {
                return error;
            }
            buffer = new byte[size];
        }
        return Errno.EAGAIN;
    }

    private delegate bool Check(ReadOnlySpan<byte> payload);

    private Result<byte[]> Checked(TokenClass tokenClass, Check check) =>
        !Query(tokenClass).TryGet(out byte[]? payload, out Errno error) ? error
            : payload.Length == 0 || check(payload) ? payload : Errno.EPROTO;

    private Result<Sid> ReadSid(TokenClass tokenClass) =>
        Query(tokenClass).TryGet(out byte[]? payload, out Errno error)
            ? TokenDecoder.TrySid(payload, out Sid sid) ? sid : Errno.EPROTO
            : error;

    private Result<SidAndAttributes[]> ReadSids(TokenClass tokenClass) =>
        Query(tokenClass).TryGet(out byte[]? payload, out Errno error)
            ? TokenDecoder.TrySids(payload, out SidAndAttributes[] list) ? list : Errno.EPROTO
            : error;

    private Result<uint> ReadU32(TokenClass tokenClass) =>
        Query(tokenClass).TryGet(out byte[]? payload, out Errno error)
            ? TokenDecoder.TryU32(payload, out uint value) ? value : Errno.EPROTO
            : error;

    private static Result<T> Cast<T>(Result<uint> result, Func<uint, T> cast) =>
        result.TryGet(out uint value, out Errno error) ? cast(value) : error;

    private static Result<Token> Wrap(Result<Fd> result) =>
        result.TryGet(out Fd? fd, out Errno error) ? new Token(fd) : error;
}
