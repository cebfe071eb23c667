/* SPDX-License-Identifier: MIT */
/* What guest tests of KACS share: SIDs, specifications, short calls. */
#ifndef GUEST_KACS_H
#define GUEST_KACS_H

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/pkm/kacs.h>

#include "tap.h"

static int dev = -1;

static const uint8_t SID_SYSTEM[12] = { 1, 1, 0, 0, 0, 0, 0, 5, 18 };
static const uint8_t SID_EVERYONE[12] = { 1, 1, 0, 0, 0, 0, 0, 1, 0 };
static const uint8_t SID_LOCAL_SERVICE[12] = { 1, 1, 0, 0, 0, 0, 0, 5, 19 };
static const uint8_t SID_NETWORK_SERVICE[12] = { 1, 1, 0, 0, 0, 0, 0, 5, 20 };

#define PRIV(bit) (1ULL << (bit))

__attribute__((unused)) static void open_dev(void)
{
	dev = open("/dev/kacs", O_RDWR | O_CLOEXEC);
	if (dev < 0) {
		perror("/dev/kacs");
		exit(1);
	}
}

/* --- building specifications ------------------------------------------------ */

struct spec {
	uint8_t bytes[65536];
	uint32_t len;
};

__attribute__((unused)) static void put32(struct spec *s, uint32_t at, uint32_t v)
{
	memcpy(s->bytes + at, &v, 4);
}

__attribute__((unused)) static void put64(struct spec *s, uint32_t at, uint64_t v)
{
	memcpy(s->bytes + at, &v, 8);
}

__attribute__((unused)) static uint32_t add_bytes(struct spec *s, const void *p, uint32_t n)
{
	uint32_t at = s->len;

	memcpy(s->bytes + at, p, n);
	s->len += n;
	return at;
}

/* One entry of a SID list. */
__attribute__((unused)) static uint32_t add_group(struct spec *s, const uint8_t *sid, uint32_t attributes)
{
	uint32_t len = 8 + 4 * sid[1];
	uint32_t at = add_bytes(s, &len, 4);

	add_bytes(s, sid, len);
	add_bytes(s, &attributes, 4);
	return at;
}

/* A service's primary token: user, Everyone, one projected id (KACS-TOK-045). */
__attribute__((unused)) static void token_spec(struct spec *s, const uint8_t *user, uint64_t session,
					       uint32_t uid, uint64_t privileges)
{
	memset(s->bytes, 0, 192);
	s->len = 192;
	put32(s, 0, KACS_TOKEN_SPEC_VERSION);
	s->bytes[4] = KACS_TOKEN_TYPE_PRIMARY;
	put32(s, 8, 16384);
	put32(s, 12, 1);
	put64(s, 16, privileges);
	put64(s, 24, privileges);
	put32(s, 36, uid);
	put32(s, 40, uid);
	put64(s, 56, session);
	memcpy(s->bytes + 72, "guest-ts", 8);
	put32(s, 88, add_bytes(s, user, 8 + 4 * user[1]));
	put32(s, 92, add_group(s, SID_EVERYONE, 7));
	put32(s, 96, 1);
}

/* --- short calls -------------------------------------------------------------- */

__attribute__((unused)) static int create_token(const struct spec *s)
{
	struct kacs_create_token_args args = { .spec_ptr = (uintptr_t)s->bytes, .spec_len = s->len };

	return ioctl(dev, KACS_IOC_CREATE_TOKEN, &args);
}

/* Returns 0 or -1; the id through @id. */
__attribute__((unused)) static int create_session(const uint8_t *user, uint64_t *id)
{
	uint8_t bytes[128] = { KACS_LOGON_SERVICE, 4, 0, 't', 'e', 's', 't' };
	uint32_t len = 8 + 4 * user[1];
	struct kacs_create_logon_session_args args = { .spec_ptr = (uintptr_t)bytes };

	memcpy(bytes + 7, &len, 4);
	memcpy(bytes + 11, user, len);
	args.spec_len = 11 + len;
	if (ioctl(dev, KACS_IOC_CREATE_LOGON_SESSION, &args))
		return -1;
	*id = args.session_id;
	return 0;
}

__attribute__((unused)) static int open_self(uint32_t flags, uint32_t access)
{
	struct kacs_open_self_token_args args = { flags, access };

	return ioctl(dev, KACS_IOC_OPEN_SELF_TOKEN, &args);
}

/* Payload length, or -1. */
__attribute__((unused)) static int query(int token, uint32_t class, void *buf, uint32_t room)
{
	struct kacs_query_args args = { class, room, (uintptr_t)buf };

	return ioctl(token, KACS_IOC_QUERY, &args) ? -1 : (int)args.buf_len;
}

__attribute__((unused)) static int user_is(int token, const uint8_t *sid)
{
	uint8_t buf[68];
	int len = query(token, KACS_TOKEN_CLASS_USER, buf, sizeof(buf));

	return len == 8 + 4 * sid[1] && !memcmp(buf, sid, len);
}

__attribute__((unused)) static int guid_of(int token, uint8_t guid[16])
{
	uint8_t buf[48];

	if (query(token, KACS_TOKEN_CLASS_STATISTICS, buf, sizeof(buf)) != 48)
		return -1;
	memcpy(guid, buf, 16);
	return 0;
}

__attribute__((unused)) static uint64_t modified_id_of(int token)
{
	uint8_t buf[48];
	uint64_t id = ~0ULL;

	if (query(token, KACS_TOKEN_CLASS_STATISTICS, buf, sizeof(buf)) == 48)
		memcpy(&id, buf + 24, 8);
	return id;
}

__attribute__((unused)) static int privileges_of(int token, uint64_t masks[4])
{
	return query(token, KACS_TOKEN_CLASS_PRIVILEGES, masks, 32) == 32 ? 0 : -1;
}

__attribute__((unused)) static int adjust_privilege(int token, uint32_t bit, uint32_t attributes)
{
	struct kacs_priv_entry entry = { bit, attributes };
	struct kacs_adjust_privs_args args = { .count = 1, .data_ptr = (uintptr_t)&entry };

	return ioctl(token, KACS_IOC_ADJUST_PRIVS, &args);
}

__attribute__((unused)) static int duplicate(int token, uint32_t access, uint32_t type, uint32_t level)
{
	struct kacs_duplicate_args args = { access, type, level, -1 };

	return ioctl(token, KACS_IOC_DUPLICATE, &args) ? -1 : args.result_fd;
}

/* --- tokens and children ------------------------------------------------------- */

/* What make_token() built last. */
static struct spec spec;

/* A fresh token of @user in a session of its own. */
__attribute__((unused)) static int make_token(const uint8_t *user, uint32_t uid, uint64_t privileges)
{
	uint64_t session;

	if (create_session(user, &session))
		return -1;
	token_spec(&spec, user, session, uid, privileges);
	return create_token(&spec);
}

/* Runs @body in a child; its result, or -1 when it died. */
__attribute__((unused)) static int in_child(int (*body)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(body());
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

__attribute__((unused)) static int self_is(const uint8_t *sid)
{
	int token = open_self(0, KACS_TOKEN_QUERY);
	int is = token >= 0 && user_is(token, sid);

	close(token);
	return is;
}

#endif
