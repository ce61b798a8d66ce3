/* SPDX-License-Identifier: GPL-2.0-only */
/* Atomic counters, for <linux/atomic.h>: tasks stop at scheduling points only, so plain ones do. */
#ifndef SIM_LINUX_ATOMIC_H
#define SIM_LINUX_ATOMIC_H

#include <linux/types.h>
#include <linux/compiler.h>

#include <asm/barrier.h>

#define ATOMIC_LONG_INIT(value) { (value) }
typedef atomic64_t atomic_long_t;

#define atomic_read(v) ((v)->counter)
#define atomic_set(v, value) ((v)->counter = (value))
#define atomic_inc(v) ((v)->counter++)
#define atomic_dec(v) ((v)->counter--)
#define atomic_long_read(v) ((long)(v)->counter)
#define atomic_long_set(v, value) ((v)->counter = (value))
#define atomic_long_add(value, v) ((v)->counter += (value))
#define atomic_long_sub(value, v) ((v)->counter -= (value))
#define atomic_long_inc(v) ((v)->counter++)
#define atomic_long_dec(v) ((v)->counter--)
#define atomic_long_add_return(value, v) ((long)((v)->counter += (value)))
#define atomic_long_sub_return(value, v) ((long)((v)->counter -= (value)))

#define cmpxchg(pointer, old, new) ({					\
	__typeof__(*(pointer)) sim_was = *(pointer);			\
	if (sim_was == (old))						\
		*(pointer) = (new);					\
	sim_was; })
#define try_cmpxchg(pointer, old, new) ({				\
	bool sim_same = *(pointer) == *(old);				\
	if (sim_same)							\
		*(pointer) = (new);					\
	else								\
		*(old) = *(pointer);					\
	sim_same; })
#define xchg(pointer, new) ({						\
	__typeof__(*(pointer)) sim_was = *(pointer);			\
	*(pointer) = (new);						\
	sim_was; })

#endif
