/* SPDX-License-Identifier: GPL-2.0-only */
/* The current CPU, for <linux/smp.h>. */
#ifndef SIM_LINUX_SMP_H
#define SIM_LINUX_SMP_H

#include "sim.h"

#define raw_smp_processor_id() ((int)sim_cpu)
#define smp_processor_id() raw_smp_processor_id()
#define get_cpu() (sim_preempt_disable(), raw_smp_processor_id())
#define put_cpu() sim_preempt_enable()
#define preempt_disable() sim_preempt_disable()
#define preempt_enable() sim_preempt_enable()

#endif
