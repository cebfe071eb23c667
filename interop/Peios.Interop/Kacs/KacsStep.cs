// SPDX-License-Identifier: MIT
namespace Peios.Interop.Kacs;

/// <summary>Steps of an access check that can decide a right, KACS_STEP values.</summary>
public enum KacsStep
{
    /// <summary>Not looked at.</summary>
    None = (int)KacsAbi.StepNone,

    /// <summary>The logon session is dead.</summary>
    Session = (int)KacsAbi.StepSession,

    /// <summary>The token is at Identification level.</summary>
    Level = (int)KacsAbi.StepLevel,

    /// <summary>The input is not valid.</summary>
    Invalid = (int)KacsAbi.StepInvalid,

    /// <summary>A privilege.</summary>
    Privilege = (int)KacsAbi.StepPrivilege,

    /// <summary>The integrity label.</summary>
    Mic = (int)KacsAbi.StepMic,

    /// <summary>The process trust label.</summary>
    Pip = (int)KacsAbi.StepPip,

    /// <summary>The owner's implicit rights.</summary>
    Owner = (int)KacsAbi.StepOwner,

    /// <summary>An ACE of the DACL.</summary>
    DaclAce = (int)KacsAbi.StepDaclAce,

    /// <summary>The end of the DACL: nothing granted it.</summary>
    DaclEnd = (int)KacsAbi.StepDaclEnd,

    /// <summary>There is no DACL.</summary>
    NullDacl = (int)KacsAbi.StepNullDacl,

    /// <summary>SeTakeOwnershipPrivilege.</summary>
    TakeOwnership = (int)KacsAbi.StepTakeOwnership,

    /// <summary>The restricting SIDs.</summary>
    Restricted = (int)KacsAbi.StepRestricted,

    /// <summary>The confinement.</summary>
    Confinement = (int)KacsAbi.StepConfinement,

    /// <summary>A central access policy.</summary>
    CentralPolicy = (int)KacsAbi.StepCentralPolicy,
}
