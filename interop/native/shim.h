/* SPDX-License-Identifier: MIT */
/* Contract between the C shim and Peios.Interop (Shim/ShimAbi.cs mirrors it). */
#ifndef PEIOS_SHIM_H
#define PEIOS_SHIM_H

/**
 * peios_shim_version() - version of this contract
 * Return: PEIOS_SHIM_VERSION; managed code refuses to run against another.
 */
int peios_shim_version(void);
#define PEIOS_SHIM_VERSION 1

#endif
