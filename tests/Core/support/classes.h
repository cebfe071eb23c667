/* SPDX-License-Identifier: MIT */
/*
 * Where the implementation behind the access vectors reads the model in
 * another way than the sheets. Each class is argued in docs/decisions.md; a
 * case is skipped only if it disagrees and its class explains it.
 */
#ifndef _TESTS_CORE_CLASSES_H
#define _TESTS_CORE_CLASSES_H

#include "json.h"

#include <pkm/core/kacs.h>

enum vector_class {
	CLASS_NONE,
	CLASS_MAPPING,        /* generic mapping with bits 21-31: EINVAL */
	CLASS_RESERVED_ACE,   /* reserved bits or MAXIMUM_ALLOWED in an ACE: ignored */
	CLASS_LABEL_LEVEL,    /* label level that is none of five: legal */
	CLASS_GATE_ORDER,     /* Identification level before malformed input */
	CLASS_OUTSIDE_ALL,    /* rights outside the mapping's ALL: kept */
	CLASS_OWNER_POLARITY, /* OWNER RIGHTS of an owner that may only be denied: no */
	CLASS_MAXIMUM_USE,    /* privilege use of bits asked for beside MAXIMUM_ALLOWED */
	CLASS_STAGED_MASKS,   /* staging compares whole masks, not requested bits */
	CLASS_COMPOSITES,     /* lists compare in order, and have no order among them */
	CLASS_MEMBERSHIP,     /* user SID counts; each pass asks its own view */
	CLASS_DEVICE_VIRTUAL, /* virtual SIDs are no device groups */
	CLASS_COUNT,
};

extern const char *const vector_class_names[CLASS_COUNT];

/* What the classifier looks at besides the case itself. */
struct vector_facts {
	const struct kacs_subject *subject;
	const struct kacs_subject_state *state;
	const struct kacs_generic_map *map;
	const struct kacs_sd *sd; /* NULL: malformed */
	const struct kacs_policy *policies;
	u32 policy_count;
	u32 desired;
	u32 want;
	u32 granted_differ; /* bits in which any compared mask differs */
	int rv;             /* ours */
	const char *what;   /* what disagrees */
	bool first_entry;   /* a group stands in the token twice */
};

enum vector_class vector_classify(const struct json *c, struct vector_facts *f);

#endif
