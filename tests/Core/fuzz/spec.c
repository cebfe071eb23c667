// SPDX-License-Identifier: MIT
/*
 * Token and session specifications: an accepted one makes a subject.
 */
#include "fuzz.h"

static void make_subject(const struct kacs_token_spec *spec)
{
	u32 size = kacs_subject_size(&spec->subject);
	struct kacs_subject subject;
	struct kacs_sid_attr group;
	u8 *mem;

	HOLDS(size);
	mem = malloc(size);
	HOLDS(mem && !kacs_subject_init(&subject, mem, size, &spec->subject));
	HOLDS(kacs_sid_equal(kacs_subject_user(&subject), spec->subject.user));
	HOLDS(kacs_subject_holds(&subject, spec->subject.user));
	if (spec->owner_index)
		HOLDS(kacs_sid_list_get(&spec->subject.groups, spec->owner_index - 1, &group) &&
		      kacs_subject_holds(&subject, group.sid));
	free(mem);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 *copy = exact_copy(data, size);
	struct kacs_session_spec session;
	struct kacs_token_spec spec;

	if (!kacs_token_spec_parse(&spec, copy, size))
		make_subject(&spec);
	if (!kacs_session_spec_parse(&session, copy, size))
		HOLDS(session.auth_package_len + session.user_len + 7 == size);
	free(copy);
	return 0;
}
