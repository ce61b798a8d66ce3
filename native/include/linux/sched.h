/* SPDX-License-Identifier: GPL-2.0-only */
/* Tasks, for <linux/sched.h>: one, that nobody kills and nobody preempts. */
#ifndef SIM_LINUX_SCHED_H
#define SIM_LINUX_SCHED_H

#include <linux/types.h>
#include <linux/kernel.h>
#include "sim.h"

#define current ((void *)0)
#define might_sleep() sim_might_sleep(__func__)
#define might_sleep_if(condition) do { if (condition) might_sleep(); } while (0)
#define might_alloc(flags) do { } while (0)
#define cond_resched() 0
#define need_resched() false
#define fatal_signal_pending(task) false
#define schedule_timeout_uninterruptible(ticks) do { } while (0)
#define memalloc_nofs_save() 0
#define memalloc_nofs_restore(flags) ((void)(flags))
#define memalloc_noio_save() 0
#define memalloc_noio_restore(flags) ((void)(flags))
#define in_interrupt() false
#define in_nmi() false
#define num_online_nodes() 1
#define numa_node_id() 0
#define NUMA_NO_NODE (-1)

#endif
