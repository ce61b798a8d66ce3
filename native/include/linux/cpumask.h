/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPU masks, for <linux/cpumask.h>: as wide as the largest machine, whatever NR_CPUS says, which
 * is only what the size of a vmap_block is computed from.
 */
#ifndef SIM_LINUX_CPUMASK_H
#define SIM_LINUX_CPUMASK_H

#include <linux/types.h>
#include <linux/bitops.h>
#include "sim.h"

typedef struct cpumask { unsigned long bits[SIM_MASK_LONGS]; } cpumask_t;
typedef struct cpumask cpumask_var_t[1];

#define CPU_MASK_NONE ((cpumask_t){ { 0 } })
#define cpu_possible_mask ((const struct cpumask *)sim_machine.possible_cpus)
#define cpu_online_mask ((const struct cpumask *)sim_machine.online_cpus)
#define nr_cpu_ids sim_machine.nr_cpu_ids

#define cpumask_clear(mask) ((void)(*(mask) = CPU_MASK_NONE))
#define cpumask_set_cpu(cpu, mask) __set_bit(cpu, (mask)->bits)
#define cpumask_clear_cpu(cpu, mask) __clear_bit(cpu, (mask)->bits)
#define cpumask_test_cpu(cpu, mask) test_bit(cpu, (mask)->bits)
#define cpumask_next(cpu, mask) \
	((unsigned int)find_next_bit((mask)->bits, SIM_MAX_CPUS, (cpu) + 1))
#define cpumask_first(mask) cpumask_next(-1, mask)
#define cpumask_empty(mask) (cpumask_first(mask) >= SIM_MAX_CPUS)
#define cpu_possible(cpu) cpumask_test_cpu(cpu, cpu_possible_mask)
#define cpu_online(cpu) cpumask_test_cpu(cpu, cpu_online_mask)

#define for_each_cpu(cpu, mask)						\
	for ((cpu) = cpumask_first(mask); (cpu) < SIM_MAX_CPUS;		\
	     (cpu) = cpumask_next(cpu, mask))
#define for_each_possible_cpu(cpu) for_each_cpu(cpu, cpu_possible_mask)
#define for_each_online_cpu(cpu) for_each_cpu(cpu, cpu_online_mask)

static inline unsigned int cpumask_weight(const struct cpumask *mask)
{
	unsigned int cpu, weight = 0;

	for_each_cpu(cpu, mask)
		weight++;
	return weight;
}

/*
 * The number of vmap nodes is that of the possible CPUs; a simulated machine may have other ones.
 * Only vmap_init_nodes() asks for it, at boot.
 */
#define num_possible_cpus() sim_machine.vmap_nodes
#define num_online_cpus() cpumask_weight(cpu_online_mask)

#endif
