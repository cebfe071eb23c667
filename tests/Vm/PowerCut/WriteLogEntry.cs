// SPDX-License-Identifier: MIT
namespace Tests.Vm.PowerCut;

/// <summary>One completed request of the guest's disk.</summary>
/// <param name="Sector">First sector written.</param>
/// <param name="Sectors">Number of sectors; 0 for a bare flush.</param>
/// <param name="Flags">What the request was.</param>
/// <param name="DataBytes">Bytes of data in the log behind the entry.</param>
/// <param name="DataOffset">Where in the log they are.</param>
internal readonly record struct WriteLogEntry(long Sector, long Sectors, WriteLogFlags Flags, long DataBytes, long DataOffset);
