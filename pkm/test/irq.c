// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test builds only: emits from hard interrupts and from NMIs on the CPU that
 * asks, while whoever asked goes on emitting there.
 *
 *	echo 1000 > /sys/module/pkm/parameters/emit_irq	# a timer, every 20 us; 0 stops it
 *	echo 50 > /sys/module/pkm/parameters/emit_task	# kernel events of the process, 2,000 bytes each
 *	echo 10 > /sys/module/pkm/parameters/emit_nmi	# at once
 *	echo 1 > /sys/module/pkm/parameters/emit_batch	# four events, the second and third of which are refused
 *
 * Reading gives how many are still to come; emit_named how often the accessors
 * of identity told somebody there, which they must not.
 */
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/preempt.h>
#include <asm/apic.h>
#include <asm/nmi.h>
#include <pkm/kmes.h>
#include <pkm/token.h>

static struct hrtimer timer;
static atomic_t irqs_left, nmis_left, named;

static void ask_who(void)
{
	u8 guids[3][KACS_GUID_LEN];

	kacs_effective_token_guid(guids[0]);
	kacs_primary_token_guid(guids[1]);
	kacs_process_guid(guids[2]);
	if (memchr_inv(guids, 0, sizeof(guids)))
		atomic_inc(&named);
}

static enum hrtimer_restart tick(struct hrtimer *t)
{
	static const u8 payload[2] = { 0xcc, 0xff };

	kmes_emit(KMES_ORIGIN_KMES, "test.irq", 8, payload, sizeof(payload));
	ask_who();
	if (atomic_dec_and_test(&irqs_left))
		return HRTIMER_NORESTART;
	hrtimer_forward_now(t, ns_to_ktime(20000));
	return HRTIMER_RESTART;
}

static int on_nmi(unsigned int cmd, struct pt_regs *regs)
{
	if (!atomic_read(&nmis_left))
		return NMI_DONE;
	kmes_emit(KMES_ORIGIN_KMES, "test.nmi", 8, "\xc0", 1);
	ask_who();
	atomic_dec(&nmis_left);
	return NMI_HANDLED;
}

static int start_irqs(const char *text, const struct kernel_param *param)
{
	unsigned int n;
	int err = kstrtouint(text, 0, &n);

	if (err)
		return err;
	if (!n && atomic_read(&irqs_left)) {
		hrtimer_cancel(&timer);
		atomic_set(&irqs_left, 0);
	}
	if (!n)
		return 0;
	if (atomic_cmpxchg(&irqs_left, 0, n))
		return -EBUSY;
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	timer.function = tick;
	hrtimer_start(&timer, ns_to_ktime(20000), HRTIMER_MODE_REL_PINNED_HARD);
	return 0;
}

static int send_nmis(const char *text, const struct kernel_param *param)
{
	unsigned int n, before;
	int err = kstrtouint(text, 0, &n);

	if (!err)
		err = register_nmi_handler(NMI_LOCAL, on_nmi, 0, "pkm-test");
	if (err)
		return err;
	preempt_disable();
	atomic_set(&nmis_left, n);
	while ((before = atomic_read(&nmis_left))) {
		apic->send_IPI(smp_processor_id(), NMI_VECTOR);
		while (atomic_read(&nmis_left) == before)
			cpu_relax();
	}
	preempt_enable();
	unregister_nmi_handler(NMI_LOCAL, "pkm-test");
	return 0;
}

/* One too large for any ring, one without a type: the batch goes on behind them (KMES-040). */
static int emit_batch(const char *text, const struct kernel_param *param)
{
	static const struct kmes_event events[] = {
		{ .type = "test.batch", .type_len = 10, .payload = "\x01", .payload_len = 1 },
		{ .type = "test.batch", .type_len = 10, .payload_len = KMES_CAPACITY_MAX },
		{ .payload = "\x03", .payload_len = 1 },
		{ .type = "test.batch", .type_len = 10, .payload_len = 0 },
	};

	kmes_emit_batch(KMES_ORIGIN_LCS, events, ARRAY_SIZE(events));
	return 0;
}

static int emit_task(const char *text, const struct kernel_param *param)
{
	static u8 payload[2000] = { 0xc5, (sizeof(payload) - 3) >> 8, (sizeof(payload) - 3) & 0xff };
	unsigned int n, i;
	int err = kstrtouint(text, 0, &n);

	memset(payload + 3, 0x5a, sizeof(payload) - 3);
	for (i = 0; !err && i < n; i++)
		kmes_emit(KMES_ORIGIN_KACS, "test.task", 9, payload, sizeof(payload));
	return err;
}

static int get_left(char *text, const struct kernel_param *param)
{
	return sprintf(text, "%d\n", atomic_read((atomic_t *)param->arg));
}

static const struct kernel_param_ops irq_ops = {
	.set = start_irqs,
	.get = get_left,
};
module_param_cb(emit_irq, &irq_ops, &irqs_left, 0600);

static const struct kernel_param_ops nmi_ops = {
	.set = send_nmis,
	.get = get_left,
};
module_param_cb(emit_nmi, &nmi_ops, &nmis_left, 0600);

static const struct kernel_param_ops task_ops = {
	.set = emit_task,
};
module_param_cb(emit_task, &task_ops, NULL, 0200);

static const struct kernel_param_ops named_ops = {
	.get = get_left,
};
module_param_cb(emit_named, &named_ops, &named, 0400);

static const struct kernel_param_ops batch_ops = {
	.set = emit_batch,
};
module_param_cb(emit_batch, &batch_ops, NULL, 0200);
