// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Conditional expressions: a stack machine over postfix tokens. Its answers
 * are three-valued, and there are two ways to not know. A local UNKNOWN is a
 * value that AND and OR can absorb; an abort makes the whole expression
 * UNKNOWN, whatever else it says (KACS-FMT-117).
 *
 *	         | AND            | OR
 *	  left   | T   F   U      | T   F   U     right
 *	  T      | T   F   U      | T   T   T
 *	  F      | F   F   F      | T   F   U
 *	  U      | U   F   U      | T   U   U
 */
#include "cond.h"

/* One evaluation. */
struct machine {
	struct kacs_cond *cond;
	const struct kacs_view *view;
	u32 polarity;
	u32 depth;
};

/* What an operator says besides an enum cond_result. */
#define ABORT (-1)

static int negate(int r)
{
	if (r == COND_TRUE)
		return COND_FALSE;
	return r == COND_FALSE ? COND_TRUE : r;
}

static int truth(bool b)
{
	return b ? COND_TRUE : COND_FALSE;
}

/* KACS-FMT-120. */
static int logical_value(struct machine *m, const struct cond_value *v)
{
	struct cond_element e;
	struct cond_iter it;

	if (v->kind == KIND_RESULT)
		return v->i;
	if (v->kind == KIND_ABSENT)
		return COND_UNKNOWN;
	if (v->kind != KIND_ATTRIBUTE)
		return ABORT;
	if (v->count != 1)
		return COND_UNKNOWN;
	cond_iter_start(&it, m->cond, v);
	cond_iter_next(&it, &e);
	if (v->types == CLASS_INT)
		return truth(e.i);
	return v->types == CLASS_STRING ? truth(e.len) : COND_UNKNOWN;
}

static int logical_and(int a, int b)
{
	if (a == ABORT || b == ABORT)
		return ABORT;
	if (a == COND_FALSE || b == COND_FALSE)
		return COND_FALSE;
	return a == COND_UNKNOWN || b == COND_UNKNOWN ? COND_UNKNOWN : COND_TRUE;
}

static int logical_or(int a, int b)
{
	if (a == ABORT || b == ABORT)
		return ABORT;
	if (a == COND_TRUE || b == COND_TRUE)
		return COND_TRUE;
	return a == COND_UNKNOWN || b == COND_UNKNOWN ? COND_UNKNOWN : COND_FALSE;
}

/*
 * Can these two be compared? COND_TRUE: yes. COND_UNKNOWN: one is absent or
 * unknown (KACS-FMT-119). ABORT: a result that is known is no value.
 */
static int comparable(const struct cond_value *a, const struct cond_value *b)
{
	bool unknown = a->kind == KIND_ABSENT || b->kind == KIND_ABSENT;

	if (a->kind == KIND_RESULT || b->kind == KIND_RESULT) {
		if ((a->kind == KIND_RESULT && a->i != COND_UNKNOWN) ||
		    (b->kind == KIND_RESULT && b->i != COND_UNKNOWN))
			return ABORT;
		unknown = true;
	}
	return unknown ? COND_UNKNOWN : COND_TRUE;
}

/* Values of more than one class on the two sides never compare. */
static bool classes_mix(const struct cond_value *a, const struct cond_value *b)
{
	u32 types = a->types | b->types;

	return types & (types - 1);
}

/* KACS-FMT-127: element by element, in order. */
static int equal(struct machine *m, const struct cond_value *a, const struct cond_value *b)
{
	bool exact = cond_exact(a, b);
	struct cond_iter left, right;
	struct cond_element x, y;
	bool same = true;

	if (a->count != b->count)
		return COND_FALSE;
	cond_iter_start(&left, m->cond, a);
	cond_iter_start(&right, m->cond, b);
	/* To the end even after a difference: mixed classes abort anywhere. */
	while (cond_iter_next(&left, &x) && cond_iter_next(&right, &y) && cond_charge(m->cond, 0)) {
		if (x.type != y.type)
			return ABORT;
		if (same && cond_compare(m->cond, &x, &y, exact))
			same = false;
	}
	return truth(same);
}

static int ordered(struct machine *m, u8 op, const struct cond_value *a, const struct cond_value *b)
{
	struct cond_iter left, right;
	struct cond_element x, y;
	int order;

	/* Lists have no order. */
	if (a->count != 1 || b->count != 1 || classes_mix(a, b))
		return ABORT;
	cond_iter_start(&left, m->cond, a);
	cond_iter_start(&right, m->cond, b);
	cond_iter_next(&left, &x);
	cond_iter_next(&right, &y);
	order = cond_compare(m->cond, &x, &y, cond_exact(a, b));
	switch (op) {
	case OP_LESS:
		return truth(order < 0);
	case OP_LESS_EQUAL:
		return truth(order <= 0);
	case OP_GREATER:
		return truth(order > 0);
	default:
		return truth(order >= 0);
	}
}

static bool occurs(struct machine *m, const struct cond_element *e, const struct cond_value *in, bool exact)
{
	struct cond_iter it;
	struct cond_element other;

	cond_iter_start(&it, m->cond, in);
	while (m->cond->budget && cond_iter_next(&it, &other))
		if (!cond_compare(m->cond, e, &other, exact))
			return true;
	return false;
}

/* KACS-FMT-128. */
static int set_operator(struct machine *m, bool contains, const struct cond_value *a,
			const struct cond_value *b)
{
	const struct cond_value *each = contains ? b : a, *in = contains ? a : b;
	bool exact = cond_exact(a, b);
	struct cond_element e;
	struct cond_iter it;

	if (classes_mix(a, b))
		return ABORT;
	cond_iter_start(&it, m->cond, each);
	while (cond_iter_next(&it, &e) && cond_charge(m->cond, 0)) {
		/* Contains fails at the first one missing, Any_of ends at the first hit. */
		if (occurs(m, &e, in, exact) != contains)
			return truth(!contains);
	}
	return truth(contains);
}

static int relation(struct machine *m, u8 op, const struct cond_value *a, const struct cond_value *b)
{
	int r = comparable(a, b);

	if (r != COND_TRUE)
		return r;
	switch (op) {
	case OP_EQUAL:
		return equal(m, a, b);
	case OP_NOT_EQUAL:
		return negate(equal(m, a, b));
	case OP_CONTAINS:
		return set_operator(m, true, a, b);
	case OP_NOT_CONTAINS:
		return negate(set_operator(m, true, a, b));
	case OP_ANY_OF:
		return set_operator(m, false, a, b);
	case OP_NOT_ANY_OF:
		return negate(set_operator(m, false, a, b));
	default:
		return ordered(m, op, a, b);
	}
}

/* KACS-FMT-130, KACS-FMT-131: one view for ACEs and operators. */
static int member_of(struct machine *m, const struct cond_value *v, bool device, bool any)
{
	struct kacs_view devices = { 0 };
	const struct kacs_view *view = m->view;
	struct cond_element e;
	struct cond_iter it;
	bool match;

	if ((v->kind != KIND_SID && v->kind != KIND_LIST) || v->types & ~CLASS_SID)
		return ABORT;
	if (!view)
		return COND_UNKNOWN; /* KACS-AC-123 */
	if (device && view->device != view->set) {
		devices.set = view->device;
		devices.enabled = view->device_enabled;
		view = &devices;
	}
	cond_iter_start(&it, m->cond, v);
	while (cond_iter_next(&it, &e)) {
		cond_charge(m->cond, e.len);
		match = view->set->slots && view_match(view, e.p, m->polarity);
		if (match == any)
			return truth(any);
	}
	return truth(!any);
}

static int unary(struct machine *m, u8 op, const struct cond_value *v)
{
	switch (op) {
	case OP_EXISTS:
	case OP_NOT_EXISTS:
		if (v->kind != KIND_ATTRIBUTE && v->kind != KIND_ABSENT)
			return ABORT;
		return truth((v->kind == KIND_ATTRIBUTE) == (op == OP_EXISTS));
	case OP_MEMBER_OF:
		return member_of(m, v, false, false);
	case OP_MEMBER_OF_ANY:
		return member_of(m, v, false, true);
	case OP_DEVICE_MEMBER_OF:
		return member_of(m, v, true, false);
	case OP_DEVICE_MEMBER_OF_ANY:
		return member_of(m, v, true, true);
	case OP_NOT_MEMBER_OF:
		return negate(member_of(m, v, false, false));
	case OP_NOT_MEMBER_OF_ANY:
		return negate(member_of(m, v, false, true));
	case OP_NOT_DEVICE_MEMBER_OF:
		return negate(member_of(m, v, true, false));
	case OP_NOT_DEVICE_MEMBER_OF_ANY:
		return negate(member_of(m, v, true, true));
	default:
		return negate(logical_value(m, v));
	}
}

static int binary(struct machine *m, u8 op, const struct cond_value *a, const struct cond_value *b)
{
	if (op == OP_AND)
		return logical_and(logical_value(m, a), logical_value(m, b));
	if (op == OP_OR)
		return logical_or(logical_value(m, a), logical_value(m, b));
	return relation(m, op, a, b);
}

/* How many operands a token takes; 0: it is one itself, or unknown. */
static u32 arity(u8 op)
{
	if ((op >= OP_EQUAL && op <= OP_CONTAINS) || op == OP_ANY_OF || op == OP_NOT_CONTAINS ||
	    op == OP_NOT_ANY_OF || op == OP_AND || op == OP_OR)
		return 2;
	return (op >= OP_EXISTS && op <= OP_NOT_DEVICE_MEMBER_OF_ANY) || op == OP_NOT ? 1 : 0;
}

/* The bytes behind a padding token: nothing may hide there. */
static bool only_padding(struct pkm_cursor *c)
{
	while (pkm_cursor_left(c))
		if (pkm_cursor_u8(c) != OP_PADDING)
			return false;
	return true;
}

static bool start(struct pkm_cursor *c, const u8 *code, u32 len)
{
	pkm_cursor_init(c, code, len);
	return pkm_cursor_le32(c) == COND_MAGIC;
}

static bool push_operand(struct machine *m, struct pkm_cursor *c, u8 op)
{
	struct cond_value *v = &m->cond->stack[m->depth];

	if (m->depth == KACS_COND_DEPTH || !cond_read_operand(c, op, v))
		return false;
	if (v->kind == KIND_ATTRIBUTE)
		cond_resolve(m->cond, op, m->polarity, v);
	m->depth++;
	return true;
}

static bool apply_operator(struct machine *m, u8 op, u32 operands)
{
	struct cond_value *v;
	int r;

	if (m->depth < operands)
		return false;
	m->depth -= operands;
	v = &m->cond->stack[m->depth];
	r = operands == 1 ? unary(m, op, v) : binary(m, op, v, v + 1);
	if (r == ABORT)
		return false;
	v->kind = KIND_RESULT;
	v->i = r;
	v->count = 0;
	v->types = 0;
	m->depth++;
	return true;
}

/**
 * kacs_cond_eval() - evaluate an expression
 * @cond: operands, stack and budget
 * @view: whose groups the membership operators ask, NULL: they are UNKNOWN
 * @polarity: VIEW_ALLOW for allow ACEs, VIEW_DENY for all others
 * @code: ApplicationData, any bytes
 * @len: how many
 *
 * Context: Any. KACS-FMT-115 to KACS-FMT-140.
 * Return: TRUE, FALSE or UNKNOWN; never an error.
 */
enum cond_result kacs_cond_eval(struct kacs_cond *cond, const struct kacs_view *view, u32 polarity,
				const u8 *code, u32 len)
{
	struct machine m = { .cond = cond, .view = view, .polarity = polarity };
	struct pkm_cursor c;
	u32 operands;
	u8 op;

	if (!start(&c, code, len))
		return COND_UNKNOWN;
	while (pkm_cursor_left(&c)) {
		op = pkm_cursor_u8(&c);
		if (op == OP_PADDING) {
			if (!only_padding(&c))
				return COND_UNKNOWN;
			break;
		}
		operands = arity(op);
		if (operands ? !apply_operator(&m, op, operands) : !push_operand(&m, &c, op))
			return COND_UNKNOWN;
		if (!cond_charge(cond, 0))
			return COND_UNKNOWN;
	}
	if (m.depth != 1 || cond->stack[0].kind != KIND_RESULT)
		return COND_UNKNOWN; /* KACS-FMT-121 */
	return cond->stack[0].i;
}

/**
 * kacs_cond_valid() - is this a program that can have an answer?
 * @code: bytes
 * @len: how many
 *
 * Structure only: known tokens, whole literals, a stack that never runs dry or
 * over and ends with one result. Types meet their values at evaluation.
 *
 * Context: Any. KACS-AC-151.
 * Return: true iff it is.
 */
bool kacs_cond_valid(const u8 *code, u32 len)
{
	struct cond_value v;
	struct pkm_cursor c;
	u32 depth = 0, operands;
	bool result = false;
	u8 op;

	if (!start(&c, code, len))
		return false;
	while (pkm_cursor_left(&c)) {
		op = pkm_cursor_u8(&c);
		if (op == OP_PADDING)
			return only_padding(&c) && depth == 1 && result;
		operands = arity(op);
		result = operands;
		if (operands ? depth < operands : !cond_read_operand(&c, op, &v))
			return false;
		depth += 1 - operands;
		if (depth > KACS_COND_DEPTH)
			return false;
	}
	return depth == 1 && result;
}
