// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a path to a key: one look-up per component, links followed, nothing
 * checked on the way (LCS-137: only the final key's descriptor decides).
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "internal.h"

/*
 * Keys between RSI_CREATE_ENTRY and the end of their creation. Their entry
 * names a key that has no record yet, which is no fault of the source.
 */
static DEFINE_SPINLOCK(creating_lock);
static LIST_HEAD(creating);

/* A look-up that met a half-made key asks again; the third answer counts. */
#define LOOKUP_TRIES 3

/**
 * lcs_creating_add() - a key is half there for as long as @effect exists
 * @effect: of one step of its creation
 * @guid: key
 *
 * Context: any.
 */
void lcs_creating_add(struct lcs_effect *effect, const u8 *guid)
{
	memcpy(effect->guid, guid, LCS_GUID_LEN);
	spin_lock(&creating_lock);
	list_add(&effect->creating, &creating);
	spin_unlock(&creating_lock);
}

/**
 * lcs_creating_del() - this step ended, either way
 * @effect: effect, in the list or not
 *
 * Context: any.
 */
void lcs_creating_del(struct lcs_effect *effect)
{
	spin_lock(&creating_lock);
	list_del_init(&effect->creating);
	spin_unlock(&creating_lock);
}

static bool is_creating(const u8 *guid)
{
	struct lcs_effect *effect;
	bool found = false;

	spin_lock(&creating_lock);
	list_for_each_entry(effect, &creating, creating)
		if (!memcmp(effect->guid, guid, LCS_GUID_LEN))
			found = true;
	spin_unlock(&creating_lock);
	return found;
}

/**
 * lcs_find_child() - the effective key of one name
 * @op: call
 * @hive: of the parent
 * @parent: GUID
 * @child: name
 * @reply: out, to be freed in any case; the views below point into it
 * @winner: out, NULL: not visible
 * @meta: out, metadata of the winner; its descriptor is checked
 *
 * Context: sleeps for the source.
 * Return: 0; errno of the source; -EIO.
 */
int lcs_find_child(struct lcs_op *op, struct lcs_hive *hive, const u8 *parent, struct lcs_bytes child,
		   struct lcs_reply *reply, const struct lcs_path_entry **winner,
		   const struct lcs_meta **meta)
{
	enum lcs_fault fault;
	int err, try;

	for (try = 1;; try++) {
		*meta = NULL;
		err = lcs_call_lookup(op, hive, parent, child, reply);
		if (err)
			return err;
		fault = lcs_resolve_entries(&op->layers, reply->children.entries, reply->children.entry_count,
					    winner);
		if (fault)
			return lcs_fault(hive, reply->req, parent, fault);
		if (!*winner)
			return 0;
		*meta = lcs_meta_find(&reply->children, (*winner)->target);
		if (*meta)
			break;
		if (is_creating((*winner)->target)) {
			*winner = NULL;
			return 0;
		}
		if (try == LOOKUP_TRIES)
			return lcs_fault(hive, reply->req, (*winner)->target, LCS_FAULT_CONTENT);
		lcs_reply_free(reply);
	}
	if (lcs_sd_check((*meta)->sd.p, (*meta)->sd.len))
		return lcs_fault(hive, reply->req, (*winner)->target, LCS_FAULT_SD);
	return 0;
}

/* Keeps the visible children that exist; true if all others are half there. */
static bool drop_half_made(struct lcs_children *children)
{
	u32 i, kept = 0;

	for (i = 0; i < children->entry_count; i++) {
		if (lcs_meta_find(children, children->entries[i].target))
			children->entries[kept++] = children->entries[i];
		else if (!is_creating(children->entries[i].target))
			return false;
	}
	children->entry_count = kept;
	return true;
}

/**
 * lcs_visible_children() - the effective children of a key
 * @op: call
 * @hive: of the key
 * @guid: key
 * @reply: out, to be freed in any case; one entry per child, sorted
 *
 * Context: sleeps for the source.
 * Return: 0; errno of the source; -EIO. LCS-122.
 */
int lcs_visible_children(struct lcs_op *op, struct lcs_hive *hive, const u8 *guid, struct lcs_reply *reply)
{
	enum lcs_fault fault;
	int err, try;

	for (try = 1;; try++) {
		err = lcs_call_enum(op, hive, guid, reply);
		if (err)
			return err;
		fault = lcs_effective_children(&op->layers, &reply->children);
		if (fault)
			return lcs_fault(hive, reply->req, guid, fault);
		if (drop_half_made(&reply->children))
			return 0;
		if (try == LOOKUP_TRIES)
			return lcs_fault(hive, reply->req, guid, LCS_FAULT_CONTENT);
		lcs_reply_free(reply);
	}
}

/**
 * lcs_walk_end() - give a walk's result back
 * @walk: from lcs_walk(), successful or not
 *
 * Context: may sleep.
 */
void lcs_walk_end(struct lcs_walk *walk)
{
	lcs_reply_free(&walk->reply);
	lcs_place_put(walk->place);
	kvfree(walk->path);
	kfree(walk->fresh_sd);
	memset(walk, 0, sizeof(*walk));
}

/* Replaces the leading CurrentUser; the target of a link is never rewritten (LCS-035, LCS-037). */
static int rewrite_user(struct lcs_op *op, u8 **path, u32 *len)
{
	struct lcs_bytes first;
	struct pkm_writer w;
	u32 pos = 0, sid_len;
	const u8 *sid;
	u8 *fresh;

	if (!lcs_path_next(*path, *len, &pos, &first) || !lcs_is_current_user(first))
		return 0;
	sid = kacs_token_user_sid(op->token, &sid_len);
	/* "Users\" and a SID of at most 15 sub-authorities. */
	fresh = kvmalloc(*len + 256, GFP_KERNEL_ACCOUNT);
	if (!fresh)
		return -ENOMEM;
	pkm_writer_init(&w, fresh, *len + 256);
	pkm_writer_bytes(&w, "Users\\", 6);
	lcs_sid_text(&w, sid, sid_len);
	pkm_writer_bytes(&w, *path + first.len, *len - first.len);
	if (!pkm_writer_ok(&w)) {
		kvfree(fresh);
		return -EINVAL;
	}
	kvfree(*path);
	*path = fresh;
	*len = w.len;
	return 0;
}

/* One component of the walk. */
static int step(struct lcs_op *op, struct lcs_walk *walk, struct lcs_bytes name)
{
	const struct lcs_path_entry *winner;
	const struct lcs_meta *meta;
	int err;

	lcs_reply_free(&walk->reply);
	err = lcs_find_child(op, walk->place->hive, lcs_place_guid(walk->place), name, &walk->reply, &winner,
			     &meta);
	if (err)
		return err;
	if (!winner)
		return -ENOENT;
	walk->sd = meta->sd;
	walk->volatile_key = meta->volatile_key;
	walk->symlink = meta->symlink;
	lcs_place_push(walk->place, winner->target, name);
	return 0;
}

/* Reads the record of a key a walk starts at, for its descriptor. */
static int read_start(struct lcs_op *op, struct lcs_walk *walk)
{
	int err;

	lcs_reply_free(&walk->reply);
	err = lcs_call_read_key(op, walk->place->hive, lcs_place_guid(walk->place), &walk->reply);
	if (err)
		return err;
	walk->sd = walk->reply.key.meta.sd;
	walk->volatile_key = walk->reply.key.meta.volatile_key;
	walk->symlink = walk->reply.key.meta.symlink;
	return 0;
}

static int start_at_hive(struct lcs_walk *walk, u32 len, u32 components, u32 *pos)
{
	struct lcs_bytes first = {};
	struct lcs_hive *hive;

	lcs_path_next(walk->path, len, pos, &first);
	hive = lcs_route(first);
	if (!hive)
		return -ENOENT;
	lcs_place_put(walk->place);
	walk->place = lcs_place_alloc(NULL, components, len + hive->name_len);
	if (!walk->place)
		return -ENOMEM;
	walk->place->hive = hive;
	lcs_place_push(walk->place, hive->root, (struct lcs_bytes){ hive->name, hive->name_len });
	return 0;
}

/*
 * The walk stands on a link: makes target + rest the path to walk. The target
 * is resolved for the walking thread and checked like any path (LCS-050..053).
 */
static int follow(struct lcs_op *op, struct lcs_walk *walk, u32 *len, u32 pos)
{
	const struct lcs_value_entry *value;
	u32 rest = pos < *len ? *len - pos : 0;
	struct lcs_reply reply;
	struct pkm_writer w;
	u8 *fresh = NULL;
	u32 components;
	int err;

	err = lcs_call_values(op, walk->place->hive, lcs_place_guid(walk->place), (struct lcs_bytes){}, false,
			      &reply);
	if (err)
		goto out;
	if (lcs_resolve_value(&op->layers, &reply.values, (struct lcs_bytes){}, &value)) {
		err = lcs_fault(walk->place->hive, reply.req, lcs_place_guid(walk->place), LCS_FAULT_TIE);
		goto out;
	}
	err = -EINVAL;
	if (!value || value->type != REG_LINK || value->data.len > op->limits.max_path_len)
		goto out;
	fresh = kvmalloc(value->data.len + 1 + rest, GFP_KERNEL_ACCOUNT);
	err = -ENOMEM;
	if (!fresh)
		goto out;
	pkm_writer_init(&w, fresh, value->data.len + 1 + rest);
	pkm_writer_bytes(&w, value->data.p, value->data.len);
	err = lcs_path_check(fresh, w.len, &op->limits, &components) ? -EINVAL : 0;
	if (!err && rest) {
		pkm_writer_u8(&w, '\\');
		pkm_writer_bytes(&w, walk->path + pos, rest);
		err = lcs_path_check(fresh, w.len, &op->limits, &components);
	}
	if (err)
		goto out;
	kvfree(walk->path);
	walk->path = fresh;
	*len = w.len;
	fresh = NULL;
out:
	kvfree(fresh);
	lcs_reply_free(&reply);
	return err;
}

/*
 * The last component is absent: @walk stands on its parent again, whose
 * descriptor is in @parent unless the walk started there.
 */
static int stand_on_parent(struct lcs_op *op, struct lcs_walk *walk, struct lcs_reply *parent,
			   struct lcs_bytes sd, bool volatile_key, struct lcs_bytes name)
{
	walk->missing = name;
	if (!parent->req)
		return read_start(op, walk);
	lcs_reply_free(&walk->reply);
	walk->reply = *parent;
	memset(parent, 0, sizeof(*parent));
	walk->sd = sd;
	walk->volatile_key = volatile_key;
	walk->symlink = false;
	return 0;
}

/* Walks until the end or a link; 1: standing on a link that must be followed. */
static int descend(struct lcs_op *op, struct lcs_walk *walk, u32 len, u32 *pos, bool open_link,
		   bool want_missing)
{
	struct lcs_reply parent = {};
	struct lcs_bytes name;
	int err = 0;

	if (*pos >= len)
		return read_start(op, walk);
	while (lcs_path_next(walk->path, len, pos, &name)) {
		struct lcs_bytes sd = walk->sd;
		bool last = *pos >= len, volatile_key = walk->volatile_key;

		/* The parent's descriptor outlives the look-up that may find nothing. */
		swap(parent, walk->reply);
		err = step(op, walk, name);
		if (err == -ENOENT && last && want_missing)
			err = stand_on_parent(op, walk, &parent, sd, volatile_key, name);
		else if (!err && walk->symlink && !(last && open_link))
			err = 1;
		lcs_reply_free(&parent);
		if (err)
			break;
	}
	return err;
}

/**
 * lcs_walk() - find the key of a path
 * @op: call
 * @parent: where a relative path starts, NULL: absolute
 * @path: kvmalloc'ed, passed lcs_path_check(); consumed
 * @len: its bytes
 * @open_link: do not follow a final link
 * @want_missing: an absent last component is no error, see struct lcs_walk
 * @walk: out; lcs_walk_end() in any case
 *
 * Context: sleeps for the source.
 * Return: 0; -ENOENT; -EINVAL bad link or depth; -ELOOP; -ENAMETOOLONG; -EIO;
 * -ETIMEDOUT; -ENOMEM. LCS-227, LCS-231.
 */
int lcs_walk(struct lcs_op *op, const struct lcs_place *parent, u8 *path, u32 len, bool open_link,
	     bool want_missing, struct lcs_walk *walk)
{
	u32 links = 0, pos = 0, components = 0;
	int err = 0;

	memset(walk, 0, sizeof(*walk));
	walk->path = path;
	if (!parent)
		err = rewrite_user(op, &walk->path, &len);
	while (!err) {
		pos = 0;
		err = lcs_path_check(walk->path, len, &op->limits, &components);
		if (err)
			break;
		if (parent && !links) {
			if (parent->depth + components > op->limits.max_key_depth)
				return -EINVAL;
			if (lcs_place_path_len(parent) + parent->depth + len > op->limits.max_path_len)
				return -ENAMETOOLONG;
			walk->place = lcs_place_alloc(parent, components, len);
			err = walk->place ? 0 : -ENOMEM;
		} else {
			err = start_at_hive(walk, len, components, &pos);
		}
		if (!err)
			err = descend(op, walk, len, &pos, open_link, want_missing);
		if (err <= 0)
			break;
		if (++links > op->limits.symlink_depth_limit)
			return -ELOOP;
		err = follow(op, walk, &len, pos);
	}
	return err;
}
