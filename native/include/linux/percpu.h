/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Per-CPU variables, for <linux/percpu.h>: the variables are a section, of which each CPU has a
 * copy.
 */
#ifndef SIM_LINUX_PERCPU_H
#define SIM_LINUX_PERCPU_H

#include <linux/types.h>
#include <linux/smp.h>
#include <linux/cpumask.h>
#include <linux/atomic.h>
#include "sim.h"

#define DEFINE_PER_CPU(type, name) \
	__attribute__((section("sim_percpu"))) __typeof__(type) name
#define DEFINE_PER_CPU_ALIGNED(type, name) DEFINE_PER_CPU(type, name)
#define DECLARE_PER_CPU(type, name) extern __typeof__(type) name

#define per_cpu_ptr(pointer, cpu) ((__typeof__(pointer))sim_per_cpu(pointer, cpu))
#define per_cpu(variable, cpu) (*per_cpu_ptr(&(variable), cpu))
#define raw_cpu_ptr(pointer) per_cpu_ptr(pointer, sim_cpu)
#define this_cpu_ptr(pointer) raw_cpu_ptr(pointer)
#define this_cpu_read(variable) (*raw_cpu_ptr(&(variable)))
#define __this_cpu_read(variable) this_cpu_read(variable)
#define this_cpu_write(variable, value) (*raw_cpu_ptr(&(variable)) = (value))
#define __this_cpu_write(variable, value) this_cpu_write(variable, value)
#define this_cpu_cmpxchg(variable, old, new) cmpxchg(raw_cpu_ptr(&(variable)), old, new)
#define __this_cpu_cmpxchg(variable, old, new) this_cpu_cmpxchg(variable, old, new)
#define this_cpu_try_cmpxchg(variable, old, new) try_cmpxchg(raw_cpu_ptr(&(variable)), old, new)
#define __this_cpu_try_cmpxchg(variable, old, new) this_cpu_try_cmpxchg(variable, old, new)
#define this_cpu_xchg(variable, new) xchg(raw_cpu_ptr(&(variable)), new)
#define __this_cpu_xchg(variable, new) this_cpu_xchg(variable, new)
#define get_cpu_var(variable) (*(sim_preempt_disable(), raw_cpu_ptr(&(variable))))
#define put_cpu_var(variable) sim_preempt_enable()

#endif
