/* SPDX-License-Identifier: MIT */
/*
 * A registry source inside a test: an in-memory store that answers RSI frames
 * on a thread of its own, and can be told to answer wrongly or not at all.
 */
#ifndef LCS_SOURCE_H
#define LCS_SOURCE_H

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/pkm/registry.h>
#include <linux/pkm/rsi.h>

#define MAX_KEYS   256
#define MAX_VALUES 64

struct stored_key {
	uint8_t guid[16], parent[16];
	char name[64];
	uint8_t sd[512];
	uint32_t sd_len;
	uint8_t is_volatile, symlink;
	uint64_t time;
	int entry, record, hidden; /* path entry there, key record there, entry hides */
	uint64_t sequence;
};

struct stored_value {
	uint8_t key[16];
	char name[64];
	uint32_t type, len;
	uint8_t data[256];
	uint64_t sequence;
	int used;
};

struct source {
	int fd;
	pthread_t thread;
	struct stored_key keys[MAX_KEYS];
	struct stored_value values[MAX_VALUES];
	int key_count;
	/* What to do with the next answer to operation @spoil_op (0: any). */
	int (*spoil)(struct source *s, uint8_t *frame, uint32_t len);
	uint16_t spoil_op;
	/* Last request and last answer of each operation; requests of each. */
	uint8_t asked[0x60][512], told[0x60][1024];
	uint32_t asked_len[0x60], told_len[0x60], count[0x60];
	uint64_t blanket; /* sequence of base's blanket on @blanket_key, 0: none */
	uint8_t blanket_key[16];
	volatile int hold; /* operation not to answer now, -1: any */
	uint8_t held[4096];
	volatile uint32_t held_len;
	volatile uint16_t last_op;
	volatile int requests, dropped;
};

/* O:SYG:SYD:(A;CI;KA;;;SY)(A;CI;KA;;;BA)(A;CI;KR;;;AU) */
/* clang-format off */
static const uint8_t root_sd[] = {
	0x01, 0x00, 0x04, 0x80, 0x14, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0x2c, 0, 0, 0,
	0x01, 0x01, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0, 0x01, 0x01, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
	0x02, 0x00, 0x48, 0x00, 0x03, 0x00, 0x00, 0x00,
	0x00, 0x02, 0x14, 0x00, 0x3f, 0x00, 0x0f, 0x00, 0x01, 0x01, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
	0x00, 0x02, 0x18, 0x00, 0x3f, 0x00, 0x0f, 0x00, 0x01, 0x02, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 0x02, 0, 0,
	0x00, 0x02, 0x14, 0x00, 0x19, 0x00, 0x02, 0x00, 0x01, 0x01, 0, 0, 0, 0, 0, 5, 11, 0, 0, 0,
};
/* clang-format on */

static inline uint32_t get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

static inline uint64_t get64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

struct out {
	uint8_t b[8192];
	uint32_t len;
};

static inline void out_raw(struct out *o, const void *p, uint32_t n)
{
	memcpy(o->b + o->len, p, n);
	o->len += n;
}

static inline void out8(struct out *o, uint8_t v)
{
	out_raw(o, &v, 1);
}
static inline void out16(struct out *o, uint16_t v)
{
	out_raw(o, &v, 2);
}
static inline void out32(struct out *o, uint32_t v)
{
	out_raw(o, &v, 4);
}
static inline void out64(struct out *o, uint64_t v)
{
	out_raw(o, &v, 8);
}

static inline void out_bytes(struct out *o, const void *p, uint32_t n)
{
	out32(o, n);
	out_raw(o, p, n);
}

static inline uint32_t take_str(const uint8_t **p, char out[64])
{
	uint32_t n = get32(*p);

	memset(out, 0, 64);
	memcpy(out, *p + 4, n < 63 ? n : 63);
	*p += 4 + n;
	return n;
}

static inline struct stored_key *find_key(struct source *s, const uint8_t *guid)
{
	for (int i = 0; i < s->key_count; i++)
		if (s->keys[i].record && !memcmp(s->keys[i].guid, guid, 16))
			return &s->keys[i];
	return NULL;
}

static inline struct stored_key *find_entry(struct source *s, const uint8_t *parent, const char *name)
{
	for (int i = 0; i < s->key_count; i++)
		if (s->keys[i].entry && !memcmp(s->keys[i].parent, parent, 16) &&
		    !strcasecmp(s->keys[i].name, name))
			return &s->keys[i];
	return NULL;
}

static inline struct stored_value *find_value(struct source *s, const uint8_t *key, const char *name)
{
	for (int i = 0; i < MAX_VALUES; i++)
		if (s->values[i].used && !memcmp(s->values[i].key, key, 16) &&
		    !strcasecmp(s->values[i].name, name))
			return &s->values[i];
	return NULL;
}

static inline void put_entry(struct out *o, const struct stored_key *k)
{
	static const uint8_t nil[16];

	out_bytes(o, "base", 4);
	out8(o, k->hidden);
	out_raw(o, k->hidden ? nil : k->guid, 16);
	out64(o, k->sequence);
}

static inline void put_meta(struct out *o, const struct stored_key *k)
{
	out_raw(o, k->guid, 16);
	out_bytes(o, k->sd, k->sd_len);
	out8(o, k->is_volatile);
	out8(o, k->symlink);
	out64(o, k->time);
}

static inline void put_value(struct out *o, const struct stored_value *v)
{
	out_bytes(o, v->name, strlen(v->name));
	out_bytes(o, "base", 4);
	out32(o, v->type);
	out_bytes(o, v->data, v->len);
	out64(o, v->sequence);
}

static inline uint32_t read_op(struct source *s, uint16_t op, const uint8_t *p, struct out *o)
{
	const uint8_t *guid = p;
	struct stored_key *k;
	char name[64];
	uint32_t n = 0, at;

	p += 16;
	switch (op) {
	case RSI_LOOKUP:
		take_str(&p, name);
		k = find_entry(s, guid, name);
		out32(o, k != NULL);
		if (k)
			put_entry(o, k);
		out32(o, k && !k->hidden && k->record);
		if (k && !k->hidden && k->record)
			put_meta(o, k);
		return RSI_OK;
	case RSI_ENUM_CHILDREN:
		at = o->len;
		out32(o, 0);
		for (int i = 0; i < s->key_count; i++)
			if (s->keys[i].entry && !memcmp(s->keys[i].parent, guid, 16)) {
				out_bytes(o, s->keys[i].name, strlen(s->keys[i].name));
				out32(o, 1);
				put_entry(o, &s->keys[i]);
				n++;
			}
		memcpy(o->b + at, &n, 4);
		at = o->len;
		n = 0;
		out32(o, 0);
		for (int i = 0; i < s->key_count; i++)
			if (s->keys[i].entry && s->keys[i].record && !s->keys[i].hidden &&
			    !memcmp(s->keys[i].parent, guid, 16)) {
				put_meta(o, &s->keys[i]);
				n++;
			}
		memcpy(o->b + at, &n, 4);
		return RSI_OK;
	case RSI_READ_KEY:
		k = find_key(s, guid);
		if (!k)
			return RSI_NOT_FOUND;
		out_bytes(o, k->name, strlen(k->name));
		out_raw(o, k->parent, 16);
		out_bytes(o, k->sd, k->sd_len);
		out8(o, k->is_volatile);
		out8(o, k->symlink);
		out64(o, k->time);
		return RSI_OK;
	default:
		take_str(&p, name);
		at = o->len;
		out32(o, 0);
		for (int i = 0; i < MAX_VALUES; i++)
			if (s->values[i].used && !memcmp(s->values[i].key, guid, 16) &&
			    (*p || !strcasecmp(s->values[i].name, name))) {
				put_value(o, &s->values[i]);
				n++;
			}
		memcpy(o->b + at, &n, 4);
		n = s->blanket && !memcmp(s->blanket_key, guid, 16);
		out32(o, n);
		if (n) {
			out_bytes(o, "base", 4);
			out64(o, s->blanket);
		}
		return RSI_OK;
	}
}

static inline uint32_t key_op(struct source *s, uint16_t op, const uint8_t *p)
{
	const uint8_t *guid = p;
	struct stored_key *k;
	char name[64], layer[64];

	p += 16;
	switch (op) {
	case RSI_CREATE_ENTRY:
	case RSI_HIDE_ENTRY:
		take_str(&p, name);
		take_str(&p, layer);
		k = find_entry(s, guid, name);
		if (k && !k->hidden && op == RSI_CREATE_ENTRY)
			return RSI_ALREADY_EXISTS;
		if (!k)
			k = &s->keys[s->key_count++];
		memcpy(k->parent, guid, 16);
		strcpy(k->name, name);
		k->entry = 1;
		k->hidden = op == RSI_HIDE_ENTRY;
		if (!k->hidden) {
			memcpy(k->guid, p, 16);
			p += 16;
		}
		k->sequence = get64(p);
		return RSI_OK;
	case RSI_DELETE_ENTRY:
		take_str(&p, name);
		k = find_entry(s, guid, name);
		if (k)
			k->entry = 0;
		return RSI_OK;
	case RSI_CREATE_KEY:
		take_str(&p, name);
		p += 16;
		for (int i = 0; i < s->key_count; i++) {
			k = &s->keys[i];
			if (memcmp(k->guid, guid, 16))
				continue;
			k->record = 1;
			k->sd_len = get32(p);
			memcpy(k->sd, p + 4, k->sd_len);
			k->is_volatile = p[4 + k->sd_len];
			k->symlink = p[5 + k->sd_len];
			return RSI_OK;
		}
		return RSI_INVALID;
	case RSI_DROP_KEY:
		s->dropped++;
		k = find_key(s, guid);
		if (k)
			k->record = k->entry = 0;
		return RSI_OK;
	default: /* RSI_WRITE_KEY */
		k = find_key(s, guid);
		if (!k)
			return RSI_NOT_FOUND;
		if (get32(p) & RSI_FIELD_SD) {
			k->sd_len = get32(p + 4);
			memcpy(k->sd, p + 8, k->sd_len);
			k->time = get64(p + 8 + k->sd_len);
		} else {
			k->time = get64(p + 4);
		}
		return RSI_OK;
	}
}

static inline uint32_t value_op(struct source *s, uint16_t op, const uint8_t *p)
{
	const uint8_t *guid = p;
	struct stored_value *v;
	char name[64], layer[64];
	uint32_t type, len;

	p += 16;
	take_str(&p, name);
	v = find_value(s, guid, name);
	if (op == RSI_DELETE_VALUE_ENTRY) {
		if (v)
			v->used = 0;
		return RSI_OK;
	}
	take_str(&p, layer);
	type = get32(p);
	len = get32(p + 4);
	p += 8;
	if (get64(p + len + 8) && (!v || v->sequence != get64(p + len + 8)))
		return RSI_CAS_FAILED;
	for (int i = 0; i < MAX_VALUES && !v; i++)
		if (!s->values[i].used)
			v = &s->values[i];
	memcpy(v->key, guid, 16);
	strcpy(v->name, name);
	v->type = type;
	v->len = len < sizeof(v->data) ? len : sizeof(v->data);
	memcpy(v->data, p, v->len);
	v->sequence = get64(p + len);
	v->used = 1;
	return RSI_OK;
}

/* Executes a request and makes its answer. */
static inline void execute(struct source *s, const uint8_t *req, struct out *o)
{
	uint16_t op = req[12] | req[13] << 8;
	const uint8_t *payload = req + RSI_REQUEST_HEADER_LEN;
	uint32_t status = RSI_OK;

	o->len = 0;
	out32(o, 0);
	out64(o, get64(req + 4));
	out16(o, op | RSI_RESPONSE_BIT);
	out32(o, 0);
	switch (op) {
	case RSI_LOOKUP:
	case RSI_ENUM_CHILDREN:
	case RSI_READ_KEY:
	case RSI_QUERY_VALUES:
		status = read_op(s, op, payload, o);
		break;
	case RSI_SET_VALUE:
	case RSI_DELETE_VALUE_ENTRY:
		status = value_op(s, op, payload);
		break;
	case RSI_SET_BLANKET_TOMBSTONE:
		memcpy(s->blanket_key, payload, 16);
		s->blanket = get64(payload + 16 + 4 + 4 + 1);
		break;
	case RSI_FLUSH:
		break;
	default:
		status = key_op(s, op, payload);
		break;
	}
	memcpy(o->b + 14, &status, 4);
	if (status)
		o->len = 18;
	memcpy(o->b, &o->len, 4);
}

static inline void answer(struct source *s, const uint8_t *req)
{
	struct out o;

	execute(s, req, &o);
	s->told_len[req[12]] = o.len;
	memcpy(s->told[req[12]], o.b, o.len < sizeof(s->told[0]) ? o.len : sizeof(s->told[0]));
	if (s->spoil && (!s->spoil_op || s->spoil_op == (req[12] | req[13] << 8)) && s->spoil(s, o.b, o.len))
		return;
	if (write(s->fd, o.b, o.len) < 0)
		s->requests = -1000000;
}

static inline void *serve(void *arg)
{
	struct source *s = arg;
	uint8_t req[4096];
	ssize_t n;

	while ((n = read(s->fd, req, sizeof(req))) > 0) {
		uint16_t op = req[12] | req[13] << 8;

		s->last_op = op;
		s->requests++;
		s->asked_len[op] = n;
		memcpy(s->asked[op], req, (size_t)n < sizeof(s->asked[0]) ? (size_t)n : sizeof(s->asked[0]));
		s->count[op]++;
		if (s->hold == -1 || s->hold == op) {
			memcpy(s->held, req, n);
			s->held_len = n;
			continue;
		}
		answer(s, req);
	}
	return NULL;
}

static inline int source_register(struct source *s, const char *hive, uint64_t max_sequence)
{
	struct reg_src_hive_entry e = { .name_len = strlen(hive), .name_ptr = (uintptr_t)hive };
	struct reg_src_register_args a = { .hive_count = 1,
					   .max_sequence = max_sequence,
					   .hives_ptr = (uintptr_t)&e };

	memcpy(e.root_guid, s->keys[0].guid, 16);
	return ioctl(s->fd, REG_SRC_REGISTER, &a);
}

/* A source with one hive that holds its root key, registered and serving. */
static inline int source_start(struct source *s, const char *hive)
{
	struct stored_key *root = &s->keys[0];
	int err;

	s->fd = open("/dev/pkm_registry", O_RDWR | O_CLOEXEC);
	if (s->fd < 0)
		return -1;
	if (!s->key_count) {
		memset(root->guid, 0xa5, 16);
		root->guid[0] = hive[0];
		strcpy(root->name, hive);
		memcpy(root->sd, root_sd, sizeof(root_sd));
		root->sd_len = sizeof(root_sd);
		root->record = 1;
		s->key_count = 1;
	}
	err = source_register(s, hive, 1000);
	return err ? err : -pthread_create(&s->thread, NULL, serve, s);
}

static inline void wait_for(volatile uint32_t *what)
{
	while (!*what)
		usleep(1000);
}

#endif
