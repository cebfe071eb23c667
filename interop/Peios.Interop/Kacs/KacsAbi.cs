// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Peios.Interop.Kacs;

/// <summary>Mirror of <c>uapi/linux/pkm/kacs.h</c>, in its order; the ABI test holds both together.</summary>
internal static class KacsAbi
{
    internal const uint AbiVersion = 1;
    internal const uint TokenAssignPrimary = 0x00000001;
    internal const uint TokenDuplicate = 0x00000002;
    internal const uint TokenImpersonate = 0x00000004;
    internal const uint TokenQuery = 0x00000008;
    internal const uint TokenAdjustPrivileges = 0x00000020;
    internal const uint TokenAdjustGroups = 0x00000040;
    internal const uint TokenAdjustDefault = 0x00000080;
    internal const uint TokenAdjustInteractivityScope = 0x00000100;
    internal const uint TokenAllAccess = 0x000f01ff;
    internal const uint TokenTypePrimary = 1;
    internal const uint TokenTypeImpersonation = 2;
    internal const uint LevelAnonymous = 0;
    internal const uint LevelIdentification = 1;
    internal const uint LevelImpersonation = 2;
    internal const uint LevelDelegation = 3;
    internal const uint TokenClassUser = 1;
    internal const uint TokenClassGroups = 2;
    internal const uint TokenClassPrivileges = 3;
    internal const uint TokenClassType = 4;
    internal const uint TokenClassIntegrityLevel = 5;
    internal const uint TokenClassOwner = 6;
    internal const uint TokenClassPrimaryGroup = 7;
    internal const uint TokenClassInteractivityScope = 8;
    internal const uint TokenClassRestrictedSids = 9;
    internal const uint TokenClassSource = 10;
    internal const uint TokenClassStatistics = 11;
    internal const uint TokenClassOrigin = 12;
    internal const uint TokenClassElevationType = 13;
    internal const uint TokenClassDeviceGroups = 14;
    internal const uint TokenClassAppcontainerSid = 15;
    internal const uint TokenClassCapabilities = 16;
    internal const uint TokenClassMandatoryPolicy = 17;
    internal const uint TokenClassLogonType = 18;
    internal const uint TokenClassLogonSid = 19;
    internal const uint TokenClassDefaultDacl = 20;
    internal const uint TokenClassImpersonationLevel = 21;
    internal const uint TokenClassUserClaims = 22;
    internal const uint TokenClassDeviceClaims = 23;
    internal const uint TokenClassProjectedSupplementaryGids = 24;
    internal const uint TokenSpecVersion = 2;
    internal const uint TokenSpecMin = 192;
    internal const uint TokenSpecMax = 65536;
    internal const uint SessionSpecMin = 15;
    internal const uint SessionSpecMax = 4096;
    internal const uint LogonInteractive = 2;
    internal const uint LogonNetwork = 3;
    internal const uint LogonBatch = 4;
    internal const uint LogonService = 5;
    internal const uint LogonNetworkCleartext = 8;
    internal const uint LogonNewCredentials = 9;
    internal const uint PrivEnabled = 0x00000002;
    internal const uint PrivRemoved = 0x00000004;
    internal const uint PrivResetAllDefaults = 0x80000000;
    internal const uint GroupsResetIndex = 0xffffffff;
    internal const uint DefaultKeepIndex = 0xffff;
    internal const uint RestrictWriteRestricted = 0x01;
    internal const uint RealToken = 0x01;
    internal const uint PrivcheckAllRequired = 0x01;
    internal const uint BackupIntent = 0x01;
    internal const uint RestoreIntent = 0x02;
    internal const uint MitWxp = 0x001;
    internal const uint MitTlp = 0x002;
    internal const uint MitLsv = 0x004;
    internal const uint MitCfi = 0x008;
    internal const uint MitUiAccess = 0x010;
    internal const uint MitNoChild = 0x020;
    internal const uint MitCfif = 0x040;
    internal const uint MitCfib = 0x080;
    internal const uint MitPie = 0x100;
    internal const uint MitSml = 0x200;
    internal const uint MitAll = 0x3ff;
    internal const uint SdOwner = 0x01;
    internal const uint SdGroup = 0x02;
    internal const uint SdDacl = 0x04;
    internal const uint SdSacl = 0x08;
    internal const uint SdLabel = 0x10;
    internal const uint ModeOff = 0;
    internal const uint ModeAudit = 1;
    internal const uint ModeEnforce = 2;
    internal const uint SessionDead = 0x01;
    internal const uint StateAttached = 0x01;
    internal const uint StateArmed = 0x02;
    internal const uint StateFailed = 0x04;
    internal const uint StepNone = 0;
    internal const uint StepSession = 1;
    internal const uint StepLevel = 2;
    internal const uint StepInvalid = 3;
    internal const uint StepPrivilege = 4;
    internal const uint StepMic = 5;
    internal const uint StepPip = 6;
    internal const uint StepOwner = 7;
    internal const uint StepDaclAce = 8;
    internal const uint StepDaclEnd = 9;
    internal const uint StepNullDacl = 10;
    internal const uint StepTakeOwnership = 11;
    internal const uint StepRestricted = 12;
    internal const uint StepConfinement = 13;
    internal const uint StepCentralPolicy = 14;
    internal const uint TraceEntries = 32;
    internal const uint TraceNoIndex = 0xffff;
    internal const uint AccessCheckArgsMin = 40;
    internal const uint AuditContextMax = 4096;
    internal const uint IocMagic = 0x4b;
    internal const uint IocQuery = 0xc0104b00;
    internal const uint IocAdjustPrivs = 0x40184b01;
    internal const uint IocDuplicate = 0xc0104b02;
    internal const uint IocInstall = 0x00004b03;
    internal const uint IocRestrict = 0xc0284b04;
    internal const uint IocLinkTokens = 0x40104b05;
    internal const uint IocGetLinkedToken = 0xc0044b06;
    internal const uint IocAdjustGroups = 0x40184b07;
    internal const uint IocImpersonate = 0x00004b08;
    internal const uint IocAdjustDefault = 0x40104b09;
    internal const uint IocAdjustInteractivityScope = 0x40044b0a;
    internal const uint IocAbiVersion = 0x80044b20;
    internal const uint IocOpenSelfToken = 0x40084b21;
    internal const uint IocOpenProcessToken = 0x40084b22;
    internal const uint IocOpenThreadToken = 0x400c4b23;
    internal const uint IocOpenPeerToken = 0x40044b24;
    internal const uint IocCreateToken = 0x40104b25;
    internal const uint IocCreateLogonSession = 0xc0184b26;
    internal const uint IocDestroyEmptyLogonSession = 0x40084b27;
    internal const uint IocInvalidateLogonSession = 0x40084b28;
    internal const uint IocImpersonatePeer = 0x40044b29;
    internal const uint IocRevert = 0x00004b2a;
    internal const uint IocSetImpersonationLevel = 0x40084b2b;
    internal const uint IocPrivilegeCheck = 0x40104b2c;
    internal const uint IocSetPsb = 0x40084b2d;
    internal const uint IocSetAnonymousPolicy = 0x40044b2e;
    internal const uint IocArm = 0x00004b2f;
    internal const uint IocAccessCheck = 0xc0884b30;
    internal const uint IocAccessCheckList = 0x40184b31;
    internal const uint IocExplain = 0x40104b32;
    internal const uint IocSetCaap = 0x40184b33;
    internal const uint IocInspectToken = 0x40084b34;
    internal const uint IocGetLogonSession = 0xc0704b35;
    internal const uint IocGetSd = 0x40204b36;
    internal const uint IocSetSd = 0x40204b37;
    internal const uint IocGetState = 0x80104b38;
}

/// <summary>struct kacs_query_args, 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsQueryArgs
{
    internal uint TokenClass;
    internal uint BufLen;
    internal ulong BufPtr;
}

/// <summary>struct kacs_adjust_privs_args, 24 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsAdjustPrivsArgs
{
    internal uint Count;
    internal uint Pad;
    internal ulong DataPtr;
    internal ulong PreviousEnabled;
}

/// <summary>struct kacs_priv_entry, 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsPrivEntry
{
    internal uint Luid;
    internal uint Attributes;
}

/// <summary>struct kacs_duplicate_args, 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsDuplicateArgs
{
    internal uint AccessMask;
    internal uint TokenType;
    internal uint ImpersonationLevel;
    internal int ResultFd;
}

/// <summary>struct kacs_restrict_args, 40 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsRestrictArgs
{
    internal ulong PrivsToDelete;
    internal uint NumDenyIndices;
    internal uint NumRestrictSids;
    internal uint DataLen;
    internal uint Flags;
    internal ulong DataPtr;
    internal int ResultFd;
    internal uint Pad;
}

/// <summary>struct kacs_link_tokens_args, 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsLinkTokensArgs
{
    internal int ElevatedFd;
    internal int FilteredFd;
    internal ulong LogonSessionId;
}

/// <summary>struct kacs_get_linked_token_args, 4 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsGetLinkedTokenArgs
{
    internal int ResultFd;
}

/// <summary>struct kacs_adjust_groups_args, 24 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsAdjustGroupsArgs
{
    internal uint Count;
    internal uint Pad;
    internal ulong DataPtr;
    internal ulong PreviousState;
}

/// <summary>struct kacs_group_entry, 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsGroupEntry
{
    internal uint Index;
    internal uint Enable;
}

/// <summary>struct kacs_adjust_default_args, 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsAdjustDefaultArgs
{
    internal ulong DaclPtr;
    internal uint DaclLen;
    internal ushort OwnerIndex;
    internal ushort GroupIndex;
}

/// <summary>struct kacs_open_self_token_args, 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsOpenSelfTokenArgs
{
    internal uint Flags;
    internal uint AccessMask;
}

/// <summary>struct kacs_open_process_token_args, 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsOpenProcessTokenArgs
{
    internal int Pidfd;
    internal uint AccessMask;
}

/// <summary>struct kacs_open_thread_token_args, 12 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsOpenThreadTokenArgs
{
    internal int Pidfd;
    internal int Tid;
    internal uint AccessMask;
}

/// <summary>struct kacs_open_peer_token_args, 4 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsOpenPeerTokenArgs
{
    internal int ConnFd;
}

/// <summary>struct kacs_create_token_args, 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsCreateTokenArgs
{
    internal ulong SpecPtr;
    internal ulong SpecLen;
}

/// <summary>struct kacs_create_logon_session_args, 24 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsCreateLogonSessionArgs
{
    internal ulong SpecPtr;
    internal ulong SpecLen;
    internal ulong SessionId;
}

/// <summary>struct kacs_logon_session_args, 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsLogonSessionArgs
{
    internal ulong AuthId;
}

/// <summary>struct kacs_session_info, 112 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KacsSessionInfo
{
    internal ulong AuthId;
    internal ulong CreatedAt;
    internal ulong AuthPackagePtr;
    internal uint AuthPackageLen;
    internal uint LogonType;
    internal uint Flags;
    internal uint UserSidLen;
    internal fixed byte UserSid[72];
}

/// <summary>struct kacs_impersonate_peer_args, 4 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsImpersonatePeerArgs
{
    internal int ConnFd;
}

/// <summary>struct kacs_set_impersonation_level_args, 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsSetImpersonationLevelArgs
{
    internal int SockFd;
    internal uint Level;
}

/// <summary>struct kacs_privilege_check_args, 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsPrivilegeCheckArgs
{
    internal ulong PrivilegesPtr;
    internal uint Count;
    internal uint Flags;
}

/// <summary>struct kacs_set_psb_args, 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsSetPsbArgs
{
    internal int Pidfd;
    internal uint Mitigations;
}

/// <summary>struct kacs_set_anonymous_policy_args, 4 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsSetAnonymousPolicyArgs
{
    internal uint IncludeEveryone;
}

/// <summary>struct kacs_inspect_token_args, 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsInspectTokenArgs
{
    internal int Pidfd;
    internal int Tid;
}

/// <summary>struct kacs_state, 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsState
{
    internal uint AbiVersion;
    internal uint Mode;
    internal uint State;
    internal uint Hooks;
}

/// <summary>struct kacs_access_check_args, 136 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsAccessCheckArgs
{
    internal uint Size;
    internal int TokenFd;
    internal ulong SdPtr;
    internal uint SdLen;
    internal uint DesiredAccess;
    internal uint GenericRead;
    internal uint GenericWrite;
    internal uint GenericExecute;
    internal uint GenericAll;
    internal ulong SelfSidPtr;
    internal uint SelfSidLen;
    internal uint PrivilegeIntent;
    internal ulong ObjectTreePtr;
    internal uint ObjectTreeCount;
    internal uint Pad0;
    internal ulong LocalClaimsPtr;
    internal uint LocalClaimsLen;
    internal uint Pad1;
    internal ulong GrantedOutPtr;
    internal uint PipType;
    internal uint PipTrust;
    internal ulong AuditContextPtr;
    internal uint AuditContextLen;
    internal uint Pad2;
    internal ulong ContinuousAuditOutPtr;
    internal ulong StagingMismatchOutPtr;
}

/// <summary>struct kacs_object_type_entry, 20 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KacsObjectTypeEntry
{
    internal ushort Level;
    internal ushort Reserved;
    internal fixed byte Guid[16];
}

/// <summary>struct kacs_node_result, 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsNodeResult
{
    internal uint Granted;
    internal int Status;
}

/// <summary>struct kacs_access_check_list_args, 24 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsAccessCheckListArgs
{
    internal ulong ArgsPtr;
    internal ulong ResultsPtr;
    internal uint ResultsCount;
    internal uint Pad;
}

/// <summary>struct kacs_trace_entry, 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsTraceEntry
{
    internal byte Step;
    internal byte Granted;
    internal ushort AceIndex;
    internal ushort PolicyIndex;
    internal ushort RuleIndex;
}

/// <summary>struct kacs_explain_args, 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsExplainArgs
{
    internal ulong ArgsPtr;
    internal ulong TracePtr;
}

/// <summary>struct kacs_set_caap_args, 24 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsSetCaapArgs
{
    internal ulong PolicySidPtr;
    internal ulong SpecPtr;
    internal uint PolicySidLen;
    internal uint SpecLen;
}

/// <summary>struct kacs_sd_args, 32 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KacsSdArgs
{
    internal int Dirfd;
    internal uint SecurityInfo;
    internal ulong PathPtr;
    internal ulong BufPtr;
    internal uint BufLen;
    internal uint Flags;
}
