// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/kacs: access checks for object managers in user space.
 *
 * The argument block is versioned by its own size field; the order of checks
 * is that of KACS-AC-021: block, lengths, token, buffers, then core.
 */
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/linux/pkm/kacs.h>

#include "internal.h"

#define SMALL_SD 512

/**
 * struct call - one running call
 * @args: the caller's block, zero-extended
 * @map: generic mapping from it
 * @gate: what core is asked
 * @sd: copies of the caller's buffers, kvmalloc'ed, each may be NULL
 * @claims: the same
 * @tree: the same
 * @context: the same
 * @self_sid: copy of the caller's SID
 * @small: where a short descriptor is copied instead
 *
 * Lives on the stack: the usual call allocates nothing.
 */
struct call {
	struct kacs_access_check_args args;
	struct kacs_generic_map map;
	struct kacs_gate gate;
	void *sd;
	void *claims;
	void *tree;
	void *context;
	u8 self_sid[KACS_SID_MAX];
	u8 small[SMALL_SD] __aligned(8);
};

/* Steps 1 and 2 of KACS-AC-021. */
static int fetch_args(struct call *call, const void __user *arg)
{
	struct kacs_access_check_args *args = &call->args;
	u32 size;

	if (get_user(size, (u32 __user *)arg))
		return -EFAULT;
	if (size < KACS_ACCESS_CHECK_ARGS_MIN)
		return -EINVAL;
	if (copy_from_user(args, arg, min_t(u32, size, sizeof(*args))))
		return -EFAULT;
	if (args->_pad0 || args->_pad1 || args->_pad2)
		return -EINVAL;
	if (args->privilege_intent & ~(KACS_BACKUP_INTENT | KACS_RESTORE_INTENT) ||
	    args->audit_context_len > KACS_AUDIT_CONTEXT_MAX || args->object_tree_count > KACS_TREE_MAX ||
	    args->local_claims_len > KACS_CLAIMS_MAX)
		return -EINVAL;
	return 0;
}

/* Step 3: the subject. */
static int fetch_token(struct call *call)
{
	u32 access = KACS_TOKEN_QUERY;
	struct kacs_token *tok;

	if (call->args.token_fd == -1)
		tok = kacs_effective_token_get() ?: ERR_PTR(-EACCES);
	else
		tok = kacs_token_from_fd(call->args.token_fd, &access);
	if (IS_ERR(tok))
		return PTR_ERR(tok);
	call->gate.token = tok;
	return access & KACS_TOKEN_QUERY ? 0 : -EACCES; /* KACS-AC-018 */
}

static int fetch_buffer(void **to, u64 ptr, size_t len)
{
	void *copy;

	if (!ptr || !len)
		return 0;
	copy = vmemdup_user(u64_to_user_ptr(ptr), len);
	if (IS_ERR(copy))
		return PTR_ERR(copy);
	*to = copy;
	return 0;
}

static int fetch_sd(struct call *call, u64 ptr, u32 len)
{
	if (!ptr || !len || len > sizeof(call->small))
		return fetch_buffer(&call->sd, ptr, len);
	call->sd = call->small;
	return copy_from_user(call->small, u64_to_user_ptr(ptr), len) ? -EFAULT : 0;
}

/* Step 4. What is too long to be valid is not copied; core refuses it by its length. */
static int fetch_buffers(struct call *call)
{
	const struct kacs_access_check_args *args = &call->args;
	u32 sd_len = min_t(u32, args->sd_len, KACS_SD_MAX);
	u32 sid_len = min_t(u32, args->self_sid_len, sizeof(call->self_sid));
	int err = fetch_sd(call, args->sd_ptr, sd_len);

	if (!err && args->self_sid_ptr &&
	    copy_from_user(call->self_sid, u64_to_user_ptr(args->self_sid_ptr), sid_len))
		err = -EFAULT;
	if (!err)
		err = fetch_buffer(&call->tree, args->object_tree_ptr,
				   args->object_tree_count * sizeof(struct kacs_object_type_entry));
	if (!err)
		err = fetch_buffer(&call->claims, args->local_claims_ptr, args->local_claims_len);
	if (!err)
		err = fetch_buffer(&call->context, args->audit_context_ptr, args->audit_context_len);
	return err;
}

static void fill_gate(struct call *call)
{
	const struct kacs_access_check_args *args = &call->args;
	struct kacs_gate *gate = &call->gate;

	call->map = (struct kacs_generic_map){ args->generic_read, args->generic_write, args->generic_execute,
					       args->generic_all };
	gate->sd = call->sd;
	gate->sd_len = call->sd ? args->sd_len : 0;
	gate->desired = args->desired_access;
	gate->map = &call->map;
	gate->intent = args->privilege_intent;
	gate->pip_type = args->pip_type;
	gate->pip_trust = args->pip_trust;
	gate->self_sid = args->self_sid_ptr ? call->self_sid : NULL;
	gate->self_sid_len = args->self_sid_ptr ? args->self_sid_len : 0;
	gate->local_claims = call->claims;
	gate->local_claims_len = call->claims ? args->local_claims_len : 0;
	/* A tree of no nodes is one that core refuses, not none (KACS-AC-058). */
	gate->tree = args->object_tree_ptr ? call->tree ?: ZERO_SIZE_PTR : NULL;
	gate->tree_count = args->object_tree_ptr ? args->object_tree_count : 0;
	gate->audit_context = call->context;
	gate->audit_context_len = call->context ? args->audit_context_len : 0;
	gate->charged = true;
}

static int put_word(u64 ptr, u32 value)
{
	return ptr ? put_user(value, (u32 __user *)u64_to_user_ptr(ptr)) : 0;
}

/* Step 8: also on a denial (KACS-AC-013, KACS-AC-014, KACS-AC-016). */
static int put_results(const struct call *call)
{
	const struct kacs_access_check_args *args = &call->args;
	const struct kacs_result *result = &call->gate.result;

	if (put_word(args->granted_out_ptr, result->granted) ||
	    put_word(args->continuous_audit_out_ptr, result->continuous_audit) ||
	    put_word(args->staging_mismatch_out_ptr, result->staging_mismatch))
		return -EFAULT;
	return 0;
}

static void begin(struct call *call)
{
	memset(call, 0, offsetof(struct call, small));
}

static void end(struct call *call)
{
	if (call->gate.token)
		kacs_token_put(call->gate.token);
	if (call->sd != call->small)
		kvfree(call->sd);
	kvfree(call->claims);
	kvfree(call->tree);
	kvfree(call->context);
}

/* Steps 1 to 4 for the block at @arg; the caller frees @call also on error. */
static int fetch(struct call *call, const void __user *arg)
{
	int err = fetch_args(call, arg);

	if (!err)
		err = fetch_token(call);
	if (!err)
		err = fetch_buffers(call);
	if (!err)
		fill_gate(call);
	return err;
}

/**
 * kacs_ioc_access_check() - KACS_IOC_ACCESS_CHECK
 * @arg: struct kacs_access_check_args
 *
 * Context: process context. May sleep.
 * Return: the granted mask; -EACCES, -EFAULT, -EINVAL, -EBADF, -ENOMEM, -EAGAIN
 * when the caller's budget of audit events is spent.
 */
long kacs_ioc_access_check(void __user *arg)
{
	struct call call;
	long ret;

	begin(&call);
	ret = fetch(&call, arg);
	if (ret)
		goto end;
	ret = kacs_gate(&call.gate);
	if (!ret || ret == -EACCES)
		ret = put_results(&call) ?: ret ?: (long)call.gate.result.granted;
end:
	end(&call);
	return ret;
}

/* A verdict for each node, whatever they are (KACS-AC-003). */
static long check_nodes(struct call *call, const struct kacs_access_check_list_args *list)
{
	size_t bytes = list->results_count * sizeof(struct kacs_node_result);
	struct kacs_node_result *results;
	long ret;

	if (!call->gate.tree_count || list->results_count != call->gate.tree_count)
		return -EINVAL; /* KACS-AC-004 */
	results = kvzalloc(bytes, GFP_KERNEL);
	if (!results)
		return -ENOMEM;
	call->gate.results = results;
	ret = kacs_gate(&call->gate);
	if (!ret || ret == -EACCES)
		ret = put_results(call) ?: ret;
	if (!ret && copy_to_user(u64_to_user_ptr(list->results_ptr), results, bytes))
		ret = -EFAULT;
	kvfree(results);
	return ret;
}

/**
 * kacs_ioc_access_check_list() - KACS_IOC_ACCESS_CHECK_LIST
 * @arg: struct kacs_access_check_list_args
 *
 * Context: process context. May sleep.
 * Return: 0 when every node has its verdict; -EACCES when a gate closed before
 * any node was looked at; -EFAULT, -EINVAL, -EBADF, -ENOMEM.
 */
long kacs_ioc_access_check_list(void __user *arg)
{
	struct kacs_access_check_list_args list;
	struct call call;
	long ret;

	if (copy_from_user(&list, arg, sizeof(list)))
		return -EFAULT;
	if (list.pad)
		return -EINVAL;
	begin(&call);
	ret = fetch(&call, u64_to_user_ptr(list.args_ptr));
	if (!ret)
		ret = check_nodes(&call, &list);
	end(&call);
	return ret;
}

/**
 * kacs_ioc_explain() - KACS_IOC_EXPLAIN
 * @arg: struct kacs_explain_args
 *
 * Context: process context. May sleep. KACS-AC-205.
 * Return: as kacs_ioc_access_check().
 */
long kacs_ioc_explain(void __user *arg)
{
	struct kacs_trace_entry trace[KACS_TRACE_ENTRIES] = { 0 };
	struct kacs_explain_args explain;
	struct call call;
	long ret;

	if (copy_from_user(&explain, arg, sizeof(explain)))
		return -EFAULT;
	begin(&call);
	ret = fetch(&call, u64_to_user_ptr(explain.args_ptr));
	if (ret)
		goto end;
	call.gate.trace = trace;
	ret = kacs_gate(&call.gate);
	if (!ret || ret == -EACCES)
		ret = put_results(&call) ?: ret ?: (long)call.gate.result.granted;
	if (ret != -EFAULT && copy_to_user(u64_to_user_ptr(explain.trace_ptr), trace, sizeof(trace)))
		ret = -EFAULT;
end:
	end(&call);
	return ret;
}
