/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the files of core/kacs share, sectioned by the file that defines it.
 */
#ifndef _CORE_KACS_PRIVATE_H
#define _CORE_KACS_PRIVATE_H

#include <pkm/core/kacs.h>

/* --- sid.c -------------------------------------------------------------- */

/*
 * The first eight bytes of a SID as one word: revision, count and authority.
 * Most SIDs of one length and authority differ behind it.
 */
#define SID_WORD(count, authority) (1ULL | (u64)(count) << 8 | (u64)(authority) << 56)

/* S-1-3-4 and S-1-1-0: one sub-authority each. */
static inline bool sid_is_owner_rights(const u8 *sid)
{
	return pkm_get_le64(sid) == SID_WORD(1, 3) && pkm_get_le32(sid + 8) == 4;
}

static inline bool sid_is_everyone(const u8 *sid)
{
	return pkm_get_le64(sid) == SID_WORD(1, 1) && pkm_get_le32(sid + 8) == 0;
}

/* Revision 1 and at most 15 sub-authorities, in one comparison. */
static inline bool sid_head_valid(const u8 *sid)
{
	return (pkm_get_le16(sid) & 0xf0ff) == 1;
}

/* kacs_sid_prefix() and kacs_sid_equal() where every check passes. */
static __always_inline u32 sid_prefix(const u8 *p, u32 room)
{
	u32 len;

	if (room < 8 || !sid_head_valid(p))
		return 0;
	len = 8 + 4 * (u32)p[1];
	return len <= room ? len : 0;
}

static __always_inline bool sid_equal(const u8 *a, const u8 *b)
{
	u64 head = pkm_get_le64(a);
	int at;

	/* The first word holds the count, so equal words mean equal lengths. */
	if (head != pkm_get_le64(b))
		return false;
	/* From the end in words; the last step overlaps the first word. */
	for (at = head >> 6 & 0x3c; at > 0; at -= 8)
		if (pkm_get_le64(a + at) != pkm_get_le64(b + at))
			return false;
	return true;
}

/* --- acl.c -------------------------------------------------------------- */

/* What follows an ACE's header, by type. */
enum ace_shape {
	ACE_OPAQUE,
	ACE_SID,
	ACE_OBJECT,
	ACE_CALLBACK,
	ACE_CALLBACK_OBJECT,
	ACE_ATTRIBUTE,
};

#define ACE_BIT(type) (1U << (type))
#define ACE_ALLOW_TYPES                                                                                      \
	(ACE_BIT(KACS_ACE_ALLOWED) | ACE_BIT(KACS_ACE_ALLOWED_OBJECT) | ACE_BIT(KACS_ACE_ALLOWED_CALLBACK) | \
	 ACE_BIT(KACS_ACE_ALLOWED_CALLBACK_OBJECT))
#define ACE_DENY_TYPES                                                                                    \
	(ACE_BIT(KACS_ACE_DENIED) | ACE_BIT(KACS_ACE_DENIED_OBJECT) | ACE_BIT(KACS_ACE_DENIED_CALLBACK) | \
	 ACE_BIT(KACS_ACE_DENIED_CALLBACK_OBJECT))
#define ACE_ACCESS_TYPES (ACE_ALLOW_TYPES | ACE_DENY_TYPES)
#define ACE_AUDIT_TYPES                                                                                \
	(ACE_BIT(KACS_ACE_AUDIT) | ACE_BIT(KACS_ACE_AUDIT_OBJECT) | ACE_BIT(KACS_ACE_AUDIT_CALLBACK) | \
	 ACE_BIT(KACS_ACE_AUDIT_CALLBACK_OBJECT))
#define ACE_ALARM_TYPES                                                                                \
	(ACE_BIT(KACS_ACE_ALARM) | ACE_BIT(KACS_ACE_ALARM_OBJECT) | ACE_BIT(KACS_ACE_ALARM_CALLBACK) | \
	 ACE_BIT(KACS_ACE_ALARM_CALLBACK_OBJECT))
#define ACE_SINGLE_TYPES                                                                                 \
	(ACE_BIT(KACS_ACE_ALLOWED) | ACE_BIT(KACS_ACE_DENIED) | ACE_BIT(KACS_ACE_AUDIT) |                \
	 ACE_BIT(KACS_ACE_ALARM) | ACE_BIT(KACS_ACE_MANDATORY_LABEL) | ACE_BIT(KACS_ACE_SCOPED_POLICY) | \
	 ACE_BIT(KACS_ACE_TRUST_LABEL))
#define ACE_OBJECT_TYPES                                                      \
	(ACE_BIT(KACS_ACE_ALLOWED_OBJECT) | ACE_BIT(KACS_ACE_DENIED_OBJECT) | \
	 ACE_BIT(KACS_ACE_AUDIT_OBJECT) | ACE_BIT(KACS_ACE_ALARM_OBJECT))
#define ACE_CALLBACK_TYPES                                                        \
	(ACE_BIT(KACS_ACE_ALLOWED_CALLBACK) | ACE_BIT(KACS_ACE_DENIED_CALLBACK) | \
	 ACE_BIT(KACS_ACE_AUDIT_CALLBACK) | ACE_BIT(KACS_ACE_ALARM_CALLBACK))
#define ACE_CALLBACK_OBJECT_TYPES                                                               \
	(ACE_BIT(KACS_ACE_ALLOWED_CALLBACK_OBJECT) | ACE_BIT(KACS_ACE_DENIED_CALLBACK_OBJECT) | \
	 ACE_BIT(KACS_ACE_AUDIT_CALLBACK_OBJECT) | ACE_BIT(KACS_ACE_ALARM_CALLBACK_OBJECT))
#define ACE_CONDITION_TYPES (ACE_CALLBACK_TYPES | ACE_CALLBACK_OBJECT_TYPES)

/* Labels carry their value in the SID: S-1-16-x and S-1-19-x-y. */
static inline bool label_shaped(u8 type, const u8 *sid)
{
	if (type == KACS_ACE_MANDATORY_LABEL)
		return pkm_get_le64(sid) == SID_WORD(1, 16);
	return type != KACS_ACE_TRUST_LABEL || pkm_get_le64(sid) == SID_WORD(2, 19);
}

/* Bits that no ACE can grant, deny or audit: KACS-AC-025. */
#define ACE_INERT_BITS (KACS_RESERVED_BITS | KACS_ACCESS_SYSTEM_SECURITY | KACS_MAXIMUM_ALLOWED)

/* ACEs that a walk may not read as type, mask and SID, or not at all. */
#define ACE_NOT_PLAIN (0xfe | KACS_ACE_INHERIT_ONLY << 8)

/*
 * Does a single-SID ACE of @size bytes, 16 + 4n, start its SID like this? The
 * low half of @first is revision 1 and n, and n is at most 15.
 */
static __always_inline bool single_sized(u32 size, u64 first)
{
	return (first & 0xffff) == (size << 6) - 0x3ff && size <= 8 + KACS_SID_MAX;
}

/* An ACL's header, KACS-FMT-050, KACS-FMT-051; the facts are still to come. */
static __always_inline int acl_frame(struct kacs_acl *acl, const u8 *data, u32 len)
{
	if (len < KACS_ACL_HEADER)
		return -EINVAL;
	acl->data = data;
	acl->len = pkm_get_le16(data + 2);
	acl->count = pkm_get_le16(data + 4);
	acl->facts = 0;
	return acl->len < KACS_ACL_HEADER || acl->len > len ? -EINVAL : 0;
}

int kacs_acl_aces(struct kacs_acl *acl, const u8 *from, u32 index);
void kacs_ace_decode(const u8 *p, struct kacs_ace *ace);

/* An ACE mask as evaluation sees it (KACS-AC-024); generic bits are rare. */
static __always_inline u32 ace_map(u32 mask, const struct kacs_generic_map *map)
{
	if (unlikely(mask & KACS_GENERIC_BITS))
		mask = kacs_map_generic(mask, map);
	return mask & ~ACE_INERT_BITS;
}

/* --- claim.c ------------------------------------------------------------ */

#define CLAIM_HEADER 16

/* Value types, KACS-FMT-104. */
#define CLAIM_INT64   0x0001
#define CLAIM_UINT64  0x0002
#define CLAIM_STRING  0x0003
#define CLAIM_SID     0x0005
#define CLAIM_BOOLEAN 0x0006
#define CLAIM_OCTET   0x0010

/* Entry flags, KACS-FMT-105. */
#define CLAIM_NON_INHERITABLE 0x0001
#define CLAIM_CASE_SENSITIVE  0x0002
#define CLAIM_DENY_ONLY       0x0004
#define CLAIM_DISABLED        0x0010

/* --- view.c ------------------------------------------------------------- */

/* What an entry of a set matches. */
#define SLOT_MEMBER       1 /* both polarities */
#define SLOT_DENY         2 /* deny ACEs only */
#define SLOT_GROUP        3 /* both while its bit is set */
#define SLOT_GROUP_DENY   4 /* deny ACEs only, whatever its bit */
#define SLOT_OWNER_RIGHTS 5 /* S-1-3-4: what the view says */
#define SLOT_SELF         6 /* S-1-5-10: what the view says */
#define SLOT_KIND_SHIFT   12
#define SLOT_MORE         0x8000 /* a later place may hold what hashes here */

#define VIEW_ALLOW 1
#define VIEW_DENY  2

/**
 * struct kacs_view - the SIDs one pass of a check goes by
 * @set: its SIDs
 * @enabled: enabled bits of SLOT_GROUP entries
 * @device: device groups for condition operators
 * @device_enabled: their enabled bits
 * @owner: polarities for which S-1-3-4 matches
 * @self: polarities for which S-1-5-10 matches
 * @owns: the owner's implicit rights apply (KACS-AC-093)
 */
struct kacs_view {
	const struct kacs_sid_set *set;
	const u64 *enabled;
	const struct kacs_sid_set *device;
	const u64 *device_enabled;
	u8 owner;
	u8 self;
	bool owns;
};

/* The place where the search for a hash, or its next step, looks. */
static __always_inline u64 slot_load(const struct kacs_sid_set *set, u32 i)
{
	return pkm_get_le64(&set->slots[i & set->mask]);
}

static __always_inline u32 slot_kind(u64 slot)
{
	return slot >> (32 + SLOT_KIND_SHIFT) & 7;
}

static __always_inline u32 slot_index(u64 slot)
{
	return slot >> 32 & ((1U << SLOT_KIND_SHIFT) - 1);
}

static __always_inline bool slot_more(u64 slot)
{
	return slot >> 47 & 1; /* SLOT_MORE */
}

/* The arena proper starts behind the two virtual SIDs, 24 bytes earlier. */
static __always_inline const u8 *slot_sid(const struct kacs_sid_set *set, u64 slot)
{
	return set->sids - 24 + 4 * (u32)(slot >> 48);
}

/*
 * First and last eight bytes. SIDs that share both differ only in the middle
 * of a domain part; they land in one place and are told apart there.
 *
 * The RID is the upper half of @last. Of the product's upper half it meets only
 * the lower half of the factor, which is odd: no two RIDs of a domain have one
 * hash, and consecutive ones, which tokens are full of, have places of their
 * own.
 */
static __always_inline u32 sid_hash_words(u64 first, u64 last)
{
	return (first + last) * 0xbf58476d9e3779b1ULL >> 32;
}

static __always_inline u32 sid_hash(const u8 *sid)
{
	u64 first = pkm_get_le64(sid);

	return sid_hash_words(first, pkm_get_le64(sid + 4 * (first >> 8 & 0xff)));
}

/*
 * A free place has tag 0 and stands for the first SID of the arena, whose tag
 * is another: it needs no test of its own.
 */
static __always_inline bool slot_holds(const struct kacs_sid_set *set, u64 slot, u32 hash, const u8 *sid)
{
	return unlikely((u32)slot == hash) && sid_equal(slot_sid(set, slot), sid);
}

/*
 * Can a SID of this hash match at all? No, for nearly every SID that is not in
 * the set: its place holds another tag and no search goes on behind it.
 */
static __always_inline bool slot_may_hold(u64 slot, u32 hash)
{
	return unlikely(((u32)slot == hash) | slot_more(slot));
}

/* Is this place the SID's, and does it match at once? So do most that match. */
static __always_inline bool slot_matches(const struct kacs_view *view, u64 slot, u32 hash, const u8 *sid)
{
	u32 i = slot_index(slot), kind = slot_kind(slot);

	return slot_holds(view->set, slot, hash, sid) &&
	       ((kind == SLOT_GROUP && view->enabled[i / 64] >> (i % 64) & 1) || kind == SLOT_MEMBER);
}

bool kacs_view_find(const struct kacs_view *view, const u8 *sid, u32 hash, u32 polarity);

/* kacs_view_find() for a SID that nobody hashed yet. */
static __always_inline bool view_match(const struct kacs_view *view, const u8 *sid, u32 polarity)
{
	u32 hash = sid_hash(sid);

	return slot_may_hold(slot_load(view->set, hash), hash) && kacs_view_find(view, sid, hash, polarity);
}

bool kacs_set_holds(const struct kacs_sid_set *set, const u8 *sid);
void kacs_view_virtual(struct kacs_view *view, const u8 *owner, const u8 *self);

/* Most subjects do not own the object, and most checks have no PRINCIPAL_SELF. */
static __always_inline void view_virtual(struct kacs_view *view, const u8 *owner, const u8 *self)
{
	u32 hash = sid_hash(owner);

	view->owner = 0;
	view->self = 0;
	view->owns = false;
	if (slot_may_hold(slot_load(view->set, hash), hash) || self)
		kacs_view_virtual(view, owner, self);
}

/* The token as it is. */
static __always_inline void view_normal(struct kacs_view *view, const struct kacs_subject *subject,
					const struct kacs_subject_state *state, const u8 *owner,
					const u8 *self)
{
	view->set = &subject->ids;
	view->enabled = state->groups_enabled;
	view->device = &subject->device;
	view->device_enabled = state->device_enabled;
	view_virtual(view, owner, self);
}

void kacs_view_restricted(struct kacs_view *view, const struct kacs_subject *subject,
			  const struct kacs_subject_state *state, const u8 *owner, const u8 *self);
void kacs_view_confined(struct kacs_view *view, const struct kacs_subject *subject, const u8 *owner,
			const u8 *self);

/* --- cond.c ------------------------------------------------------------- */

enum cond_result {
	COND_FALSE,
	COND_TRUE,
	COND_UNKNOWN,
};

/**
 * struct cond_value - one entry of the evaluation stack
 * @p: bytes of a literal, or the claim entry of an attribute
 * @i: value of an integer literal, or an enum cond_result
 * @len: bytes at @p
 * @count: values it stands for
 * @kind: what it is
 * @types: set of value classes inside, or the claim's value type
 */
struct cond_value {
	union {
		const u8 *p;
		s64 i;
	};
	u32 len;
	u16 count;
	u8 kind;
	u8 types;
};

/*
 * Work that the conditions of one check may do, in comparisons of 8 bytes.
 * Set operators multiply: without a bound one descriptor of 64 KiB could ask
 * for minutes. What is beyond is UNKNOWN, which never grants.
 */
#define COND_BUDGET (1U << 19)

/**
 * struct kacs_cond - where conditions of one check find their operands
 * @stack: KACS_COND_DEPTH entries
 * @sacl: resource attributes
 * @claims: user, device and local claim arrays, by enum order of their tokens
 * @claims_len: their lengths
 * @budget: work left
 */
struct kacs_cond {
	struct cond_value *stack;
	const struct kacs_acl *sacl;
	const u8 *claims[3];
	u32 claims_len[3];
	u32 budget;
};

#define COND_LOCAL  0
#define COND_USER   1
#define COND_DEVICE 2

enum cond_result kacs_cond_eval(struct kacs_cond *cond, const struct kacs_view *view, u32 polarity,
				const u8 *code, u32 len);
bool kacs_cond_valid(const u8 *code, u32 len);

/* --- access.c: what one check keeps ------------------------------------- */

/*
 * Which step decided which bits, in order. Bits are decided once per walk and
 * removed once after it, so 32 of each and a few from the early steps is all
 * there can be.
 */
#define TRACE_MAX 80

struct trace_event {
	u32 bits;
	u16 index; /* ACE, or central policy */
	u8 step;
	u8 detail; /* 1: granted; rule of a central policy */
};

struct trace_log {
	u32 count;
	struct trace_event events[TRACE_MAX];
};

static __always_inline void trace_add(struct trace_log *log, u32 bits, u32 step, u32 index, u32 detail)
{
	struct trace_event *e;

	if (!log || !bits || log->count >= TRACE_MAX)
		return;
	e = &log->events[log->count++];
	e->bits = bits;
	e->index = index;
	e->step = step;
	e->detail = detail;
}

/**
 * struct unit_seed - state after steps 4 to 6, the same for every node
 * @granted: granted by privileges
 * @decided: decided by privileges, labels and trust labels
 * @priv: granted by privileges and still standing
 * @mandatory: decided by labels
 */
struct unit_seed {
	u32 granted;
	u32 decided;
	u32 priv;
	u32 mandatory;
};

/* Privileges that shape a check, in the order of their events. */
enum {
	USE_SECURITY,
	USE_BACKUP,
	USE_RESTORE,
	USE_TAKE_OWNERSHIP,
	USE_RELABEL,
	USE_COUNT,
};

/**
 * struct kacs_tree - a validated object-type tree
 * @entries: the caller's array
 * @count: nodes
 * @end: per node, index behind its subtree
 * @parent: per node; the root's is itself
 * @table: node + 1 by GUID hash, 0 free
 * @shift: hash bits to drop for a place in @table
 */
struct kacs_tree {
	const struct kacs_object_type_entry *entries;
	u32 count;
	u16 *end;
	u16 *parent;
	u16 *table;
	u32 shift;
};

/* Masks per node, or of the object alone. */
struct nodes {
	u32 *granted;
	u32 *decided;
};

#define NODE_ARRAYS 7

/**
 * struct check - one access check under way
 * @req: what was asked
 * @sd: of what
 * @map: generic mapping
 * @want: mapped request
 * @maximum: MAXIMUM_ALLOWED was asked for
 * @self: PRINCIPAL_SELF or NULL
 * @normal: the token's view
 * @restricted: view of the restricted pass
 * @confined: view of the confinement pass
 * @cond: operands of conditions
 * @tree: @tree.count 0: no tree
 * @count: nodes, 1 without a tree
 * @final: masks of the object
 * @priv: per node, privilege bits to put back after the restricted pass
 * @pass: state of the restricted and confinement passes
 * @rule: masks of a policy rule
 * @staged: masks as staged policies would have them
 * @local: storage of all of them without a tree
 * @provenance: bits each privilege contributed (KACS-AC-156)
 * @staging: @staged differs, or may differ, from @final
 * @staged_sacls: some applicable rule has a staged SACL
 * @policy_sacls: some applicable rule has an effective SACL
 * @log: who decided what
 */
struct check {
	const struct kacs_request *req;
	const struct kacs_sd *sd;
	const struct kacs_generic_map *map;
	u32 want;
	bool maximum;
	const u8 *self;
	struct kacs_view normal;
	struct kacs_view restricted;
	struct kacs_view confined;
	struct kacs_cond cond;
	struct kacs_tree tree;
	u32 count;
	struct nodes final;
	u32 *priv;
	struct nodes pass;
	u32 *rule;
	u32 *staged;
	u32 local[NODE_ARRAYS];
	u32 provenance[USE_COUNT];
	bool staging;
	bool staged_sacls;
	bool policy_sacls;
	struct trace_log log;
};

void kacs_unit_run(struct check *ck, const struct kacs_acl *dacl, const struct unit_seed *seed,
		   struct nodes *out, struct trace_log *log);

/* --- privs.c ------------------------------------------------------------ */

static inline bool check_privileged(const struct check *ck, unsigned int bit)
{
	return ck->req->state->privileges & KACS_PRIV_MASK(bit);
}

/* The privileges that can change what a check says. */
#define USE_PRIVILEGES                                                                  \
	(KACS_PRIV_MASK(KACS_PRIV_SECURITY) | KACS_PRIV_MASK(KACS_PRIV_BACKUP) |        \
	 KACS_PRIV_MASK(KACS_PRIV_RESTORE) | KACS_PRIV_MASK(KACS_PRIV_TAKE_OWNERSHIP) | \
	 KACS_PRIV_MASK(KACS_PRIV_RELABEL))

static inline bool privs_matter(const struct check *ck)
{
	return unlikely(ck->req->state->privileges & USE_PRIVILEGES);
}

void kacs_privs_seed(struct check *ck, u32 intent, struct unit_seed *seed, struct trace_log *log);
int kacs_privs_account(struct check *ck, u64 *used);

/* --- prescan.c ---------------------------------------------------------- */

/* Level and policy of an object without a label, KACS-AC-071. */
#define DEFAULT_LEVEL 8192
#define NO_READ_UP    0x1
#define NO_WRITE_UP   0x2
#define NO_EXECUTE_UP 0x4

/*
 * What mandatory integrity denies, privileges aside: KACS-AC-072 to
 * KACS-AC-075, KACS-AC-077.
 */
static inline u32 mic_denied(const struct kacs_subject *subject, const struct kacs_sd *sd,
			     const struct kacs_generic_map *map)
{
	u32 level = DEFAULT_LEVEL, policy = NO_WRITE_UP, allowed;

	if (sd->label) {
		/* The SID is S-1-16-x, so x stands right behind its eight bytes. */
		level = pkm_get_le32(sd->label + 16);
		policy = pkm_get_le32(sd->label + 4);
	}
	if (likely(subject->integrity >= level) || !(subject->mandatory_policy & KACS_MANDATORY_NO_WRITE_UP))
		return 0;
	allowed = map->read | map->execute;
	if (policy & NO_READ_UP)
		allowed &= ~map->read;
	if (policy & NO_WRITE_UP)
		allowed &= ~map->write;
	if (policy & NO_EXECUTE_UP)
		allowed &= ~map->execute;
	allowed |= KACS_READ_CONTROL | KACS_SYNCHRONIZE;
	return map->all & ~allowed;
}

void kacs_prescan(struct check *ck, struct unit_seed *seed, struct trace_log *log);

/* --- tree.c ------------------------------------------------------------- */

u32 kacs_tree_size(u32 count);
int kacs_tree_init(struct kacs_tree *tree, const struct kacs_object_type_entry *entries, u32 count,
		   void *mem);
int kacs_tree_find(const struct kacs_tree *tree, const u8 *guid);
void kacs_tree_allow(const struct kacs_tree *tree, struct nodes *n, u32 node, u32 mask);
void kacs_tree_deny(const struct kacs_tree *tree, struct nodes *n, u32 node, u32 mask);

/* --- sd.c --------------------------------------------------------------- */

int kacs_sd_frame(struct kacs_sd *sd, const void *data, u32 len);
int kacs_sd_dacl(struct kacs_sd *sd);

/* --- dacl.c ------------------------------------------------------------- */

void kacs_dacl_walk(struct check *ck, const struct kacs_acl *dacl, const struct kacs_view *view,
		    struct nodes *n, struct trace_log *log);
bool kacs_dacl_walk_raw(struct check *ck, struct kacs_acl *dacl);

/* --- caap.c ------------------------------------------------------------- */

void kacs_caap_apply(struct check *ck);

/**
 * struct caap_iter - applicable rules of an object's policies, in order
 * @pos: in the SACL
 * @policy: its rules are being walked, NULL: look for the next one
 * @index: of that policy
 * @next_index: of the one after it
 * @rule: next rule
 * @recovered: the recovery policy was walked
 */
struct caap_iter {
	u32 pos;
	const struct kacs_policy *policy;
	u32 next_index;
	u32 index;
	u32 rule;
	bool recovered;
};

const struct kacs_policy_rule *kacs_caap_next(struct check *ck, struct caap_iter *it);

/* --- sacl.c ------------------------------------------------------------- */

int kacs_sacl_run(struct check *ck, struct kacs_result *res);

/* Nothing asks for a report: by far the most checks. */
static inline bool sacl_silent(const struct check *ck)
{
	return !(ck->sd->sacl.facts & (KACS_ACL_AUDIT | KACS_ACL_POLICIES)) &&
	       !(ck->req->subject->audit_policy & (KACS_AUDIT_OBJECT_SUCCESS | KACS_AUDIT_OBJECT_FAILURE));
}

#endif
