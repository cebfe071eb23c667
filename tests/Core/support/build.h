/* SPDX-License-Identifier: MIT */
/*
 * Tokens and descriptors for tests, from the words that the sheets use.
 */
#ifndef _TESTS_CORE_BUILD_H
#define _TESTS_CORE_BUILD_H

#include <pkm/core/kacs.h>

/* Legend of kacs-accesscheck.md, section 23. */
const u8 *sid_named(const char *name, size_t len);

/*
 * Self-relative descriptor of an SDDL string in the subset of that section:
 * named or numeric SIDs, GUIDs a, b and P, conditions by their text.
 * Returns its length; a string that is not understood ends the program.
 */
u32 sddl(const char *text, u8 *out, u32 room);

/* 16 bytes, all of them @name. */
const u8 *guid_named(char name);

#define TOKEN_GROUPS 64

/* A token under construction; zero is T of the worked examples. */
struct token {
	const char *user; /* alice unless given */
	u32 devs;         /* attributes; 0: enabled */
	bool no_groups;
	bool user_deny_only;
	bool write_restricted;
	const char *restricted; /* names, separated by blanks */
	const char *restricted_devices;
	const char *devices;
	bool confined; /* to APP with capability AC */
	bool exempt;
	bool low;
	bool no_mandatory_policy;
	u32 audit;
	u32 level; /* of an impersonation token + 1 */
	bool dead;
	u64 privileges;
	const u8 *user_claims;
	u32 user_claims_len;
};

/* A prepared token and all it points at. */
struct prepared {
	struct kacs_subject subject;
	struct kacs_subject_state state;
	u64 enabled[3][TOKEN_GROUPS / 64];
	u8 lists[8192];
	u8 tables[65536] __attribute__((aligned(8)));
};

void prepare(struct prepared *p, const struct token *t);
struct kacs_sid_list list_of(u8 *room, const char *names, u32 attributes);

#endif
