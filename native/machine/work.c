// SPDX-License-Identifier: GPL-2.0-only
/* The workqueue: work waits, in the order it was scheduled, until it is let run. */
#include <string.h>

#include "task.h"

#define MAX_PENDING (SIM_MAX_CPUS + 64)

static struct pending *pending;
static unsigned int pending_count;

bool sim_queue_work(struct sim_work *work, void *pointer, const char *name, unsigned int cpu,
		    void (*run)(void *pointer))
{
	note_memory(work, sizeof(*work), !work->pending);
	if (work->pending)
		return false;
	sim_note_write(SIM_WORK);
	if (pending_count == MAX_PENDING)
		sim_die(SIM_BUG, "the simulator has too much work pending");
	work->pending = true;
	work->busy++;
	pending[pending_count++] = (struct pending){ work, pointer, run, name, cpu };
	return true;
}

void sim_work_begins(struct sim_work *work)
{
	note_memory(work, sizeof(*work), true);
	work->pending = false;
}

void sim_work_ends(struct sim_work *work)
{
	note_memory(work, sizeof(*work), true);
	work->busy--;
}

void work_setup(void)
{
	pending = reserve(MAX_PENDING * sizeof(*pending));
}

unsigned int pending_work(void)
{
	return pending_count;
}

bool take_work(struct pending *next)
{
	if (pending_count == 0)
		return false;
	*next = pending[0];
	memmove(pending, pending + 1, --pending_count * sizeof(pending[0]));
	return true;
}

/* The work that is pending now, each on the CPU it was scheduled on. */
void run_pending_work(void)
{
	unsigned int count = pending_count, caller = sim_cpu;
	struct pending next;

	while (count-- > 0 && take_work(&next)) {
		sim_cpu = next.cpu;
		next.run(next.work);
	}
	sim_cpu = caller;
}
