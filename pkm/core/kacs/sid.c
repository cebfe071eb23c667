// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Security identifiers: binary, compared as bytes and never interpreted.
 */
#include "private.h"

/**
 * kacs_sid_prefix() - length of the SID that starts at @p
 * @p: bytes
 * @room: how many there are
 *
 * Context: Any. KACS-FMT-015, KACS-FMT-016.
 * Return: 8 to 68, or 0 when no well-formed SID starts there.
 */
u32 kacs_sid_prefix(const void *p, u32 room)
{
	return sid_prefix(p, room);
}

/**
 * kacs_sid_valid() - are these bytes exactly one SID?
 * @sid: bytes
 * @len: how many
 *
 * Context: Any. KACS-FMT-016.
 * Return: true iff they are.
 */
bool kacs_sid_valid(const void *sid, u32 len)
{
	return len && kacs_sid_prefix(sid, len) == len;
}

/**
 * kacs_sid_equal() - byte equality of two well-formed SIDs
 * @a: one
 * @b: other
 *
 * Context: Any. KACS-FMT-020.
 * Return: true iff equal.
 */
bool kacs_sid_equal(const u8 *a, const u8 *b)
{
	return sid_equal(a, b);
}

/**
 * kacs_sid_make() - build a SID from its parts
 * @out: room for the largest SID
 * @authority: 48-bit identifier authority
 * @count: sub-authorities, at most 15
 * @subs: them
 *
 * Context: Any.
 * Return: its length, 0 when @authority or @count is out of range.
 */
u32 kacs_sid_make(u8 out[KACS_SID_MAX], u64 authority, u32 count, const u32 *subs)
{
	u32 i;

	if (count > 15 || authority >> 48)
		return 0;
	pkm_put_be64(out, authority);
	out[0] = 1;
	out[1] = count;
	for (i = 0; i < count; i++)
		pkm_put_le32(out + 8 + 4 * i, subs[i]);
	return 8 + 4 * count;
}

/**
 * kacs_sid_logon() - logon SID of a session, KACS-FMT-028
 * @out: room for the largest SID
 * @session_id: logon session
 *
 * Context: Any.
 * Return: its length, 20.
 */
u32 kacs_sid_logon(u8 out[KACS_SID_MAX], u64 session_id)
{
	u32 subs[3] = { 5, session_id >> 32, (u32)session_id };

	return kacs_sid_make(out, 5, 3, subs);
}

/**
 * kacs_sid_integrity() - SID of an integrity level, KACS-FMT-029
 * @out: room for the largest SID
 * @level: any value
 *
 * Context: Any.
 * Return: its length, 12.
 */
u32 kacs_sid_integrity(u8 out[KACS_SID_MAX], u32 level)
{
	return kacs_sid_make(out, 16, 1, &level);
}

/**
 * kacs_sid_list_next() - walk a packed list
 * @list: list; need not be valid
 * @pos: offset of the next entry, 0 to start; moved behind the entry
 * @out: the entry
 *
 * Context: Any.
 * Return: true iff @out holds an entry. False at the end and at the first
 * malformed entry; kacs_sid_list_valid() tells the two apart.
 */
bool kacs_sid_list_next(const struct kacs_sid_list *list, u32 *pos, struct kacs_sid_attr *out)
{
	u32 left = list->len - *pos;
	const u8 *p;
	u32 n;

	if (left < 4)
		return false;
	p = list->data + *pos;
	n = pkm_get_le32(p);
	if (n > left - 4 || left - 4 - n < 4 || !kacs_sid_valid(p + 4, n))
		return false;
	out->sid = p + 4;
	out->len = n;
	out->attributes = pkm_get_le32(p + 4 + n);
	*pos += 8 + n;
	return true;
}

/**
 * kacs_sid_list_valid() - does the list hold exactly its count of entries?
 * @list: list
 *
 * Context: Any. KACS-TOK-047.
 * Return: true iff every entry is well-formed and nothing is left over.
 */
bool kacs_sid_list_valid(const struct kacs_sid_list *list)
{
	struct kacs_sid_attr entry;
	u32 pos = 0, n = 0;

	while (n < list->count && kacs_sid_list_next(list, &pos, &entry))
		n++;
	return n == list->count && pos == list->len;
}

/**
 * kacs_sid_list_get() - entry number @index
 * @list: valid list
 * @index: counted from 0
 * @out: the entry
 *
 * Context: Any.
 * Return: true iff there is one.
 */
bool kacs_sid_list_get(const struct kacs_sid_list *list, u32 index, struct kacs_sid_attr *out)
{
	u32 pos = 0;

	while (kacs_sid_list_next(list, &pos, out))
		if (!index--)
			return true;
	return false;
}
