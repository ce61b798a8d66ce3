/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The workqueue, for <linux/workqueue.h>: work waits until a scenario lets it run, or runs as a task
 * beside the others. Where calls do not run as tasks, work that is queued on a CPU is waited for by
 * who queues it, and is so quick that it is done at once.
 */
#ifndef SIM_LINUX_WORKQUEUE_H
#define SIM_LINUX_WORKQUEUE_H

#include <linux/types.h>
#include "sim.h"

struct work_struct;
typedef void (*work_func_t)(struct work_struct *work);
struct work_struct {
	work_func_t func;
	const char *name;
	struct sim_work sim;
};

#define DECLARE_WORK(work, function) \
	struct work_struct work = { .func = function, .name = #function }
#define INIT_WORK(work, function) \
	((void)(*(work) = (struct work_struct){ .func = function, .name = #function }))
#define schedule_work(work) sim_schedule_work(work)
#define schedule_work_on(cpu, work) \
	sim_schedule_work_on(cpu, work, SIM_SITE(WORK, "schedule_work_on(" #work ")"))
#define flush_work(work) \
	sim_wait_for_work(&(work)->sim, SIM_SITE(BLOCKED, "flush_work(" #work ")"))
bool sim_schedule_work(struct work_struct *work);
bool sim_schedule_work_on(unsigned int cpu, struct work_struct *work, const struct sim_site *site);

#endif
