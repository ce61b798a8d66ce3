/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The workqueue, for <linux/workqueue.h>: the drain and the deferred frees wait until a scenario
 * lets them run. Any other work is waited for by who schedules it, and is so quick that it is done
 * at once.
 */
#ifndef SIM_LINUX_WORKQUEUE_H
#define SIM_LINUX_WORKQUEUE_H

#include <linux/types.h>
#include "sim.h"

struct work_struct;
typedef void (*work_func_t)(struct work_struct *work);
struct work_struct { work_func_t func; bool pending; };

#define DECLARE_WORK(name, function) struct work_struct name = { .func = function }
#define INIT_WORK(work, function) \
	((void)(*(work) = (struct work_struct){ .func = function }))
void schedule_work(struct work_struct *work);
void schedule_work_on(int cpu, struct work_struct *work);
#define flush_work(work) ((void)(work))

#endif
