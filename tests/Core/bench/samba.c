// SPDX-License-Identifier: MIT
/*
 * The plain cases asked of Samba's se_access_check(): on its own structures,
 * and with the descriptor's bytes parsed by it before each check. Needs
 * Debian's samba-dev.
 */
#include "common.h"

/* Ours would hide what its headers declare. */
#undef memcpy
#undef memmove
#undef memset
#undef memcmp

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <util/discard.h>
#include <core/ntstatus.h>
#include <ndr.h>
#include <gen_ndr/security.h>

/* Declared in headers that Debian does not install. */
enum ndr_err_code ndr_pull_security_descriptor(struct ndr_pull *ndr, int flags,
					       struct security_descriptor *sd);
NTSTATUS se_access_check(const struct security_descriptor *sd, const struct security_token *token,
			 uint32_t desired, uint32_t *granted);

struct peer {
	struct security_descriptor *sd;
	struct security_token token;
	DATA_BLOB bytes;
};

static void run_prepared(void *ctx)
{
	struct peer *p = ctx;
	uint32_t granted;

	se_access_check(p->sd, &p->token, MASK_READ, &granted);
}

static struct security_descriptor *parse(TALLOC_CTX *mem, const DATA_BLOB *bytes)
{
	struct security_descriptor *sd = talloc_zero(mem, struct security_descriptor);

	if (!sd || ndr_pull_struct_blob(bytes, sd, sd, (ndr_pull_flags_fn_t)ndr_pull_security_descriptor) !=
			   NDR_ERR_SUCCESS)
		exit(2);
	return sd;
}

static void run_raw(void *ctx)
{
	struct peer *p = ctx;
	struct security_descriptor *sd = parse(NULL, &p->bytes);
	uint32_t granted;

	se_access_check(sd, &p->token, MASK_READ, &granted);
	talloc_free(sd);
}

/* A SID in their fixed-size form. */
static void put_sid(struct dom_sid *out, const u8 *sid)
{
	u32 i;

	memset(out, 0, sizeof(*out));
	out->sid_rev_num = sid[0];
	out->num_auths = sid[1];
	memcpy(out->id_auth, sid + 2, 6);
	for (i = 0; i < sid[1]; i++)
		out->sub_auths[i] = pkm_get_le32(sid + 8 + 4 * i);
}

static void run_case(char which)
{
	static struct descriptor d;
	static u8 sd[KACS_SD_MAX];
	u8 sid[KACS_SID_MAX];
	struct peer p = { 0 };
	char name[64];
	uint32_t granted;
	int expect = plain_case(&d, which);
	u32 i, n = plain_groups(which);

	p.token.num_sids = n + 1;
	p.token.sids = calloc(n + 1, sizeof(*p.token.sids));
	for (i = 0; i <= n; i++)
		put_sid(&p.token.sids[i], domain_sid(sid, i ? 1999 + i : 1000));
	p.bytes.data = sd;
	p.bytes.length = finish(&d, sd);
	p.sd = parse(NULL, &p.bytes);
	if (!NT_STATUS_IS_OK(se_access_check(p.sd, &p.token, MASK_READ, &granted)) != !!expect) {
		fprintf(stderr, "samba %c: unexpected answer\n", which);
		exit(1);
	}
	snprintf(name, sizeof(name), "access.prepared.%c@samba", which);
	measure(name, run_prepared, &p, 1);
	snprintf(name, sizeof(name), "access.raw.%c@samba", which);
	measure(name, run_raw, &p, 1);
	talloc_free(p.sd);
	free(p.token.sids);
}

int main(void)
{
	char which;

	for (which = 'a'; which <= 'd'; which++)
		run_case(which);
	return 0;
}
