/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Between cond.c (operators) and cond_value.c (operands).
 */
#ifndef _CORE_KACS_COND_H
#define _CORE_KACS_COND_H

#include "private.h"
#include <pkm/core/casefold.h>

/* Tokens, KACS-FMT-134, KACS-FMT-137, KACS-FMT-138. */
#define OP_PADDING   0x00
#define OP_INT8      0x01
#define OP_INT16     0x02
#define OP_INT32     0x03
#define OP_INT64     0x04
#define OP_STRING    0x10
#define OP_OCTET     0x18
#define OP_COMPOSITE 0x50
#define OP_SID       0x51

#define OP_EQUAL                    0x80
#define OP_NOT_EQUAL                0x81
#define OP_LESS                     0x82
#define OP_LESS_EQUAL               0x83
#define OP_GREATER                  0x84
#define OP_GREATER_EQUAL            0x85
#define OP_CONTAINS                 0x86
#define OP_EXISTS                   0x87
#define OP_ANY_OF                   0x88
#define OP_MEMBER_OF                0x89
#define OP_DEVICE_MEMBER_OF         0x8a
#define OP_MEMBER_OF_ANY            0x8b
#define OP_DEVICE_MEMBER_OF_ANY     0x8c
#define OP_NOT_EXISTS               0x8d
#define OP_NOT_CONTAINS             0x8e
#define OP_NOT_ANY_OF               0x8f
#define OP_NOT_MEMBER_OF            0x90
#define OP_NOT_DEVICE_MEMBER_OF     0x91
#define OP_NOT_MEMBER_OF_ANY        0x92
#define OP_NOT_DEVICE_MEMBER_OF_ANY 0x93
#define OP_AND                      0xa0
#define OP_OR                       0xa1
#define OP_NOT                      0xa2

#define OP_ATTR_LOCAL    0xf8
#define OP_ATTR_USER     0xf9
#define OP_ATTR_RESOURCE 0xfa
#define OP_ATTR_DEVICE   0xfb

/* "artx" */
#define COND_MAGIC 0x78747261U

/* What a stack entry is. */
enum {
	KIND_RESULT,
	KIND_INT,
	KIND_STRING,
	KIND_OCTET,
	KIND_SID,
	KIND_LIST,
	KIND_ATTRIBUTE,
	KIND_ABSENT,
};

/* What its values are; only values of one class compare. */
#define CLASS_INT    0x01
#define CLASS_STRING 0x02
#define CLASS_OCTET  0x04
#define CLASS_SID    0x08

/**
 * struct cond_element - one value of an operand
 * @p: bytes of a string, octet or SID value
 * @i: integer value
 * @len: bytes at @p
 * @type: its CLASS_...
 * @is_unsigned: @i is a u64
 */
struct cond_element {
	union {
		const u8 *p;
		s64 i;
	};
	u32 len;
	u8 type;
	bool is_unsigned;
};

/**
 * struct cond_iter - walk over the values of an operand
 * @cond: pays
 * @v: operand
 * @c: position in a composite literal
 * @i: values seen
 */
struct cond_iter {
	struct kacs_cond *cond;
	const struct cond_value *v;
	struct pkm_cursor c;
	u32 i;
};

/* Take the work of looking at @bytes from the budget; false when it is spent. */
static inline bool cond_charge(struct kacs_cond *cond, u32 bytes)
{
	u32 work = 1 + bytes / 8;

	cond->budget = cond->budget > work ? cond->budget - work : 0;
	return cond->budget;
}

bool cond_read_operand(struct pkm_cursor *c, u8 op, struct cond_value *v);
void cond_resolve(struct kacs_cond *cond, u8 op, u32 polarity, struct cond_value *v);
void cond_iter_start(struct cond_iter *it, struct kacs_cond *cond, const struct cond_value *v);
bool cond_iter_next(struct cond_iter *it, struct cond_element *out);
int cond_compare(struct kacs_cond *cond, const struct cond_element *a, const struct cond_element *b,
		 bool exact);
bool cond_exact(const struct cond_value *a, const struct cond_value *b);

#endif
