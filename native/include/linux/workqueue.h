/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The workqueue, for <linux/workqueue.h>: work waits until a scenario lets it run, or somebody
 * waits for it. What is queued on a given CPU is waited for by its only caller, so it runs at
 * once, there.
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
void flush_work(struct work_struct *work);

#endif
