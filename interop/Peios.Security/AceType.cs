// SPDX-License-Identifier: MIT
namespace Peios.Security;

/// <summary>ACE types (KACS-FMT-062).</summary>
public enum AceType : byte
{
    /// <summary>Grants rights to a SID.</summary>
    AccessAllowed = 0x00,

    /// <summary>Denies rights to a SID.</summary>
    AccessDenied = 0x01,

    /// <summary>Asks for an event per access check.</summary>
    SystemAudit = 0x02,

    /// <summary>Adds to the continuous-audit mask of a handle.</summary>
    SystemAlarm = 0x03,

    /// <summary>Grants rights on part of an object.</summary>
    AccessAllowedObject = 0x05,

    /// <summary>Denies rights on part of an object.</summary>
    AccessDeniedObject = 0x06,

    /// <summary>Audit for part of an object.</summary>
    SystemAuditObject = 0x07,

    /// <summary>Alarm for part of an object.</summary>
    SystemAlarmObject = 0x08,

    /// <summary>Conditional grant.</summary>
    AccessAllowedCallback = 0x09,

    /// <summary>Conditional denial.</summary>
    AccessDeniedCallback = 0x0A,

    /// <summary>Conditional grant for part of an object.</summary>
    AccessAllowedCallbackObject = 0x0B,

    /// <summary>Conditional denial for part of an object.</summary>
    AccessDeniedCallbackObject = 0x0C,

    /// <summary>Conditional audit.</summary>
    SystemAuditCallback = 0x0D,

    /// <summary>Conditional alarm.</summary>
    SystemAlarmCallback = 0x0E,

    /// <summary>Conditional audit for part of an object.</summary>
    SystemAuditCallbackObject = 0x0F,

    /// <summary>Conditional alarm for part of an object.</summary>
    SystemAlarmCallbackObject = 0x10,

    /// <summary>Integrity label.</summary>
    MandatoryLabel = 0x11,

    /// <summary>A named attribute of the object.</summary>
    ResourceAttribute = 0x12,

    /// <summary>Names a central access policy.</summary>
    ScopedPolicyId = 0x13,

    /// <summary>Process trust label.</summary>
    ProcessTrustLabel = 0x14,
}
