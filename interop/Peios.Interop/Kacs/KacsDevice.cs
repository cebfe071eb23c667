// SPDX-License-Identifier: MIT
using System;

namespace Peios.Interop.Kacs;

/// <summary>
/// The calls of <c>/dev/kacs</c>, one method each, without interpretation. Byte layouts that a method takes as a
/// span (token and session specifications, descriptors) are described in <c>docs/abi/kacs.md</c>.
/// </summary>
public sealed unsafe partial class KacsDevice : IDisposable
{
    /// <summary>Where the device is.</summary>
    public const string Path = "/dev/kacs";

    /// <summary>Most nodes of an <see cref="AccessCheckList"/>.</summary>
    public const int ObjectNodesMax = 1024;

    private readonly Fd _fd;

    private KacsDevice(Fd fd) => _fd = fd;

    /// <summary>The open device, for calls that a child makes after its fork.</summary>
    public Fd Descriptor => _fd;

    /// <summary>Opens the device. ENOENT: the module is not loaded.</summary>
    public static Result<KacsDevice> Open()
    {
        if (!Files.Open(Path, Files.ReadWrite).TryGet(out Fd? fd, out Errno error))
        {
            return error;
        }

        return new KacsDevice(fd);
    }

    /// <summary>Closes the device; token descriptors taken from it stay valid.</summary>
    public void Dispose() => _fd.Dispose();

    /// <summary>ABI version of the loaded module.</summary>
    public Result<uint> AbiVersion()
    {
        uint version = 0;
        Errno error = Call(KacsAbi.IocAbiVersion, &version);
        return error.Ok ? version : error;
    }

    /// <summary>Mode, state and number of attached hooks.</summary>
    public Result<KacsModuleState> State()
    {
        KacsState state = default;
        Errno error = Call(KacsAbi.IocGetState, &state);
        return error.Ok ? new KacsModuleState((KacsMode)state.Mode, state.State, state.Hooks) : error;
    }

    /// <summary>Token of the calling thread: the effective one, or the primary if <paramref name="real"/> (KACS-TOK-040).</summary>
    public Result<Fd> OpenSelfToken(bool real, uint access)
    {
        KacsOpenSelfTokenArgs args = new() { Flags = real ? KacsAbi.RealToken : 0, AccessMask = access };
        return OpenCall(KacsAbi.IocOpenSelfToken, &args);
    }

    /// <summary>Primary token of another process (KACS-TOK-041).</summary>
    public Result<Fd> OpenProcessToken(Fd pidfd, uint access)
    {
        KacsOpenProcessTokenArgs args = new() { Pidfd = pidfd.Raw, AccessMask = access };
        return OpenCall(KacsAbi.IocOpenProcessToken, &args);
    }

    /// <summary>Effective token of a thread of another process (KACS-TOK-042).</summary>
    public Result<Fd> OpenThreadToken(Fd pidfd, int tid, uint access)
    {
        KacsOpenThreadTokenArgs args = new() { Pidfd = pidfd.Raw, Tid = tid, AccessMask = access };
        return OpenCall(KacsAbi.IocOpenThreadToken, &args);
    }

    /// <summary>Snapshot of the client's token, taken when it connected; EACCES where there is none (KACS-TOK-043).</summary>
    public Result<Fd> OpenPeerToken(Fd connection)
    {
        KacsOpenPeerTokenArgs args = new() { ConnFd = connection.Raw };
        return OpenCall(KacsAbi.IocOpenPeerToken, &args);
    }

    /// <summary>Query-only handle on a process's primary token, or a thread's effective one (KACS-TOK-140).</summary>
    public Result<Fd> InspectToken(Fd pidfd, int tid = 0)
    {
        KacsInspectTokenArgs args = new() { Pidfd = pidfd.Raw, Tid = tid };
        return OpenCall(KacsAbi.IocInspectToken, &args);
    }

    /// <summary>Mints a token; needs SeCreateTokenPrivilege (KACS-TOK-044).</summary>
    public Result<Fd> CreateToken(ReadOnlySpan<byte> specification)
    {
        fixed (byte* p = specification)
        {
            KacsCreateTokenArgs args = new() { SpecPtr = (ulong)p, SpecLen = (ulong)specification.Length };
            return OpenCall(KacsAbi.IocCreateToken, &args);
        }
    }

    /// <summary>Creates a logon session and returns its id; needs SeTcbPrivilege (KACS-TOK-084).</summary>
    public Result<ulong> CreateLogonSession(ReadOnlySpan<byte> specification)
    {
        fixed (byte* p = specification)
        {
            KacsCreateLogonSessionArgs args = new() { SpecPtr = (ulong)p, SpecLen = (ulong)specification.Length };
            Errno error = Call(KacsAbi.IocCreateLogonSession, &args);
            return error.Ok ? args.SessionId : error;
        }
    }

    /// <summary>Ends a session that has no token left; EBUSY otherwise (KACS-TOK-088).</summary>
    public Errno DestroyEmptyLogonSession(ulong id)
    {
        KacsLogonSessionArgs args = new() { AuthId = id };
        return Call(KacsAbi.IocDestroyEmptyLogonSession, &args);
    }

    /// <summary>Marks a session dead: every check on its tokens denies from now on (KACS-TOK-089).</summary>
    public Errno InvalidateLogonSession(ulong id)
    {
        KacsLogonSessionArgs args = new() { AuthId = id };
        return Call(KacsAbi.IocInvalidateLogonSession, &args);
    }

    /// <summary>Looks a session up. ENOENT: no such session; EACCES: neither privileged nor a member of it.</summary>
    public Result<KacsLogonSession> GetLogonSession(ulong id)
    {
        Span<byte> package = stackalloc byte[(int)KacsAbi.SessionSpecMax];
        fixed (byte* p = package)
        {
            KacsSessionInfo info = new() { AuthId = id, AuthPackagePtr = (ulong)p, AuthPackageLen = (uint)package.Length };
            Errno error = Call(KacsAbi.IocGetLogonSession, &info);
            if (!error.Ok)
            {
                return error;
            }

            return new KacsLogonSession(
                info.AuthId,
                new ReadOnlySpan<byte>(info.UserSid, (int)info.UserSidLen).ToArray(),
                info.LogonType,
                package[..(int)info.AuthPackageLen].ToArray(),
                info.CreatedAt,
                (info.Flags & KacsAbi.SessionDead) != 0);
        }
    }

    /// <summary>Acts as the client of a connection on the calling thread; returns the level in force (KACS-TOK-111).</summary>
    public Result<uint> ImpersonatePeer(Fd connection)
    {
        KacsImpersonatePeerArgs args = new() { ConnFd = connection.Raw };
        int level = Libc.ioctl(_fd.Raw, KacsAbi.IocImpersonatePeer, &args);
        return level < 0 ? Libc.LastError : (uint)level;
    }

    /// <summary>Ends impersonation on the calling thread; harmless without one (KACS-TOK-118).</summary>
    public Errno Revert() => Call(KacsAbi.IocRevert, null);

    /// <summary>Limits what a server may do with the caller's identity; before connect (KACS-TOK-108).</summary>
    public Errno SetImpersonationLevel(Fd socket, uint level)
    {
        KacsSetImpersonationLevelArgs args = new() { SockFd = socket.Raw, Level = level };
        return Call(KacsAbi.IocSetImpersonationLevel, &args);
    }

    /// <summary>EPERM unless all the privileges (bit numbers) are held and enabled (KACS-TOK-030).</summary>
    public Errno PrivilegeCheck(ReadOnlySpan<uint> privileges)
    {
        fixed (uint* p = privileges)
        {
            KacsPrivilegeCheckArgs args = new() { PrivilegesPtr = (ulong)p, Count = (uint)privileges.Length };
            return Call(KacsAbi.IocPrivilegeCheck, &args);
        }
    }

    /// <summary>Switches mitigations on, for good; the calling process if <paramref name="pidfd"/> is null (KACS-TOK-128).</summary>
    public Errno SetMitigations(Fd? pidfd, uint mitigations)
    {
        KacsSetPsbArgs args = new() { Pidfd = pidfd is null ? -1 : pidfd.Raw, Mitigations = mitigations };
        return Call(KacsAbi.IocSetPsb, &args);
    }

    /// <summary>Whether Anonymous tokens made from now on are in Everyone (KACS-TOK-121).</summary>
    public Errno SetAnonymousPolicy(bool includeEveryone)
    {
        KacsSetAnonymousPolicyArgs args = new() { IncludeEveryone = includeEveryone ? 1u : 0u };
        return Call(KacsAbi.IocSetAnonymousPolicy, &args);
    }

    /// <summary>Arms enforcement, once and for good (HAZ-015).</summary>
    public Errno Arm() => Call(KacsAbi.IocArm, null);

    /// <summary>Scalar access check; EACCES means denied, and <paramref name="granted"/> is still the partial result (KACS-AC-013).</summary>
    public Errno AccessCheck(in KacsAccessRequest request, out uint granted) => Check(request, null, out granted);

    /// <summary>The same check, which also says what decided each right (KACS-AC-205).</summary>
    /// <param name="request">The check.</param>
    /// <param name="decisions">Receives one entry for each of the 32 bits.</param>
    /// <param name="granted">As for <see cref="AccessCheck"/>.</param>
    public Errno Explain(in KacsAccessRequest request, Span<KacsDecision> decisions, out uint granted)
    {
        KacsTraceEntry* trace = stackalloc KacsTraceEntry[(int)KacsAbi.TraceEntries];
        new Span<KacsTraceEntry>(trace, (int)KacsAbi.TraceEntries).Clear();
        Errno error = Check(request, trace, out granted);
        for (int i = 0; i < decisions.Length && i < (int)KacsAbi.TraceEntries; i++)
        {
            int ace = trace[i].AceIndex == KacsAbi.TraceNoIndex ? -1 : trace[i].AceIndex;
            decisions[i] = new KacsDecision((KacsStep)trace[i].Step, trace[i].Granted != 0, ace);
        }

        return error;
    }

    /// <summary>
    /// Checks an object and its parts in one call (KACS-AC-008). The result is None when a decision was made, whatever it
    /// was; it is in <paramref name="allowed"/>.
    /// </summary>
    /// <param name="request">The check.</param>
    /// <param name="nodes">The object, then its parts; at most 1,024, no GUID twice.</param>
    /// <param name="allowed">Receives for each node whether every requested right is granted.</param>
    public Errno AccessCheckList(in KacsAccessRequest request, ReadOnlySpan<KacsObjectNode> nodes, Span<bool> allowed)
    {
        allowed.Clear();
        if (nodes.Length > ObjectNodesMax || allowed.Length != nodes.Length)
        {
            return Errno.EINVAL;
        }

        KacsObjectTypeEntry[] tree = new KacsObjectTypeEntry[nodes.Length];
        KacsNodeResult[] results = new KacsNodeResult[nodes.Length];
        fixed (KacsObjectTypeEntry* t = tree)
        fixed (KacsNodeResult* r = results)
        fixed (byte* sd = request.SecurityDescriptor, self = request.SelfSid, context = request.AuditContext, claims = request.LocalClaims)
        {
            for (int i = 0; i < nodes.Length; i++)
            {
                t[i].Level = nodes[i].Level;
                _ = nodes[i].Guid.TryWriteBytes(new Span<byte>(t[i].Guid, 16));
            }

            uint granted;
            KacsAccessCheckArgs args = Arguments(request, sd, self, context, claims, &granted);
            args.ObjectTreePtr = (ulong)t;
            args.ObjectTreeCount = (uint)nodes.Length;
            KacsAccessCheckListArgs list = new() { ArgsPtr = (ulong)(&args), ResultsPtr = (ulong)r, ResultsCount = (uint)nodes.Length };
            Errno error = Call(KacsAbi.IocAccessCheckList, &list);
            for (int i = 0; error.Ok && i < nodes.Length; i++)
            {
                allowed[i] = results[i].Status == 0;
            }

            return error;
        }
    }

    private Errno Check(in KacsAccessRequest request, KacsTraceEntry* trace, out uint granted)
    {
        uint result = 0;
        fixed (byte* sd = request.SecurityDescriptor, self = request.SelfSid, context = request.AuditContext, claims = request.LocalClaims)
        {
            KacsAccessCheckArgs args = Arguments(request, sd, self, context, claims, &result);
            KacsExplainArgs explain = new() { ArgsPtr = (ulong)(&args), TracePtr = (ulong)trace };
            Errno error = trace is null ? Call(KacsAbi.IocAccessCheck, &args) : Call(KacsAbi.IocExplain, &explain);
            granted = result;
            return error;
        }
    }

    private static KacsAccessCheckArgs Arguments(
        in KacsAccessRequest request, byte* sd, byte* self, byte* context, byte* claims, uint* granted) => new()
        {
            Size = (uint)sizeof(KacsAccessCheckArgs),
            TokenFd = request.Token is null ? -1 : request.Token.Raw,
            SdPtr = (ulong)sd,
            SdLen = (uint)request.SecurityDescriptor.Length,
            DesiredAccess = request.Desired,
            GenericRead = request.GenericRead,
            GenericWrite = request.GenericWrite,
            GenericExecute = request.GenericExecute,
            GenericAll = request.GenericAll,
            SelfSidPtr = (ulong)self,
            SelfSidLen = (uint)request.SelfSid.Length,
            PrivilegeIntent = request.PrivilegeIntent,
            LocalClaimsPtr = (ulong)claims,
            LocalClaimsLen = (uint)request.LocalClaims.Length,
            GrantedOutPtr = (ulong)granted,
            PipType = request.PipType,
            PipTrust = request.PipTrust,
            AuditContextPtr = (ulong)context,
            AuditContextLen = (uint)request.AuditContext.Length,
        };

    private Errno Call(uint command, void* args) => Libc.Check(Libc.ioctl(_fd.Raw, command, args));

    private Result<Fd> OpenCall(uint command, void* args) => Libc.Own(Libc.ioctl(_fd.Raw, command, args));
}
