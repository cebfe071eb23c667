// SPDX-License-Identifier: MIT
using Peios.Interop;

namespace Eventd.Access;

/// <summary>Where decisions come from: the kernel, or a test. eventd itself never compares SIDs (EVT-222).</summary>
internal interface IAccessJudge
{
    /// <summary>The identity that the client had when it connected; a failure denies the query (EVT-236).</summary>
    Result<IAccessSubject> Open(Fd connection);
}
