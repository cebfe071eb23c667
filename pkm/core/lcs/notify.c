// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Watch records. A direct record ends after the name; one of a subtree watch
 * always goes on with the path to the changed key (LCS-174..LCS-176).
 */
#include <pkm/core/lcs.h>
#include <linux/pkm/registry.h>

/**
 * lcs_notify_passes() - does a filter let an event through?
 * @filter: REG_NOTIFY_*
 * @event: REG_EVENT_*
 *
 * Context: Any.
 * Return: true if so; KEY_DELETED and OVERFLOW always do (LCS-165, LCS-166).
 */
bool lcs_notify_passes(u32 filter, u16 event)
{
	switch (event) {
	case REG_EVENT_VALUE_SET:
	case REG_EVENT_VALUE_DELETED:
		return filter & REG_NOTIFY_VALUE;
	case REG_EVENT_SUBKEY_CREATED:
	case REG_EVENT_SUBKEY_DELETED:
		return filter & REG_NOTIFY_SUBKEY;
	case REG_EVENT_SD_CHANGED:
		return filter & REG_NOTIFY_SD;
	default:
		return true;
	}
}

/**
 * lcs_notify_record() - append one record
 * @w: where
 * @event: REG_EVENT_*
 * @name: value or child, or none
 * @subtree: the watch is armed for the subtree
 * @path: components from the watched key down to the changed one
 * @depth: how many; ignored unless @subtree
 *
 * Context: Any.
 * Return: 0; -EOVERFLOW if a field does not hold the name or path, the writer
 * is then unusable and the watcher gets an OVERFLOW instead (LCS-177).
 */
int lcs_notify_record(struct pkm_writer *w, u16 event, struct lcs_bytes name, bool subtree,
		      const struct lcs_bytes *path, u32 depth)
{
	u32 start = w->len, i;

	if (name.len > U16_MAX || (subtree && depth > U16_MAX))
		return -EOVERFLOW;
	pkm_writer_le32(w, 0);
	pkm_writer_le16(w, event);
	pkm_writer_le16(w, name.len);
	pkm_writer_bytes(w, name.p, name.len);
	if (subtree) {
		pkm_writer_le16(w, depth);
		for (i = 0; i < depth; i++) {
			if (path[i].len > U16_MAX)
				return -EOVERFLOW;
			pkm_writer_le16(w, path[i].len);
			pkm_writer_bytes(w, path[i].p, path[i].len);
		}
	}
	pkm_writer_patch_le32(w, start, w->len - start);
	return 0;
}
