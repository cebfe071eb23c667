// SPDX-License-Identifier: MIT
namespace Peios.Interop.Kacs;

/// <summary>What decided one right in an explained check (KACS-AC-205).</summary>
/// <param name="Step">The step that decided; <see cref="KacsStep.None"/>: the right was not looked at.</param>
/// <param name="Granted">Was it granted?</param>
/// <param name="AceIndex">The deciding ACE in its ACL, or -1.</param>
public readonly record struct KacsDecision(KacsStep Step, bool Granted, int AceIndex);
