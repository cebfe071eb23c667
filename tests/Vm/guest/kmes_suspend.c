// SPDX-License-Identifier: MIT
/* The machine sleeps: to a consumer a step of the clock, nothing else. */
#define _GNU_SOURCE
#include <sys/mount.h>
#include <sys/stat.h>

#include "kmes.h"

static struct consumer ring;

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), n;

	if (fd < 0)
		return -1;
	n = write(fd, text, strlen(text));
	close(fd);
	return n < 0 ? -1 : 0;
}

int main(void)
{
	__u64 sequence, time, generation;
	const __u8 *e;

	if (!begin(&ring, 1))
		return plan();
	generation = ring.page->generation;
	emit("before");
	e = next(&ring);
	if (!ok(e != NULL, "Before_IsThere"))
		return plan();
	sequence = get(e, KMES_OFF_SEQUENCE, 8);
	time = get(e, KMES_OFF_TIMESTAMP, 8);
	works(put("/sys/class/rtc/rtc0/wakealarm", "+3"), "Alarm_Set");
	works(put("/sys/power/state", "mem"), "Machine_SleptAndWoke");
	emit("after");
	do
		e = next(&ring);
	while (e && (get(e, KMES_OFF_TYPE_LEN, 2) != 5 || memcmp(e + 77, "after", 5)));
	if (!ok(e != NULL, "After_IsThere"))
		return plan();
	printf("# %llu ms later, %llu numbers later\n", (get(e, KMES_OFF_TIMESTAMP, 8) - time) / 1000000,
	       get(e, KMES_OFF_SEQUENCE, 8) - sequence);
	ok(get(e, KMES_OFF_TIMESTAMP, 8) - time > 1000000000, "Sleep_IsAGapInTime /* KMES-147 */");
	ok(get(e, KMES_OFF_SEQUENCE, 8) == sequence + 1, "Sleep_IsNoGapInNumbers /* KMES-147 */");
	ok(ring.page->generation == generation, "Sleep_LeavesTheRing /* KMES-147 */");
	return plan();
}
