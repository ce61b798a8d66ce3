/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Atomics, for <linux/atomic.h>: the compiler's. Where every load and store is seen, they are seen
 * as one access.
 */
#ifndef SIM_LINUX_ATOMIC_H
#define SIM_LINUX_ATOMIC_H

#include <linux/types.h>
#include <linux/compiler.h>

#include <asm/barrier.h>

#define ATOMIC_LONG_INIT(value) { (value) }
typedef atomic64_t atomic_long_t;

#define sim_load(v) __atomic_load_n(&(v)->counter, __ATOMIC_SEQ_CST)
#define sim_store(v, value) __atomic_store_n(&(v)->counter, value, __ATOMIC_SEQ_CST)
#define sim_add(v, by) __atomic_add_fetch(&(v)->counter, by, __ATOMIC_SEQ_CST)

#define atomic_read(v) sim_load(v)
#define atomic_set(v, value) sim_store(v, value)
#define atomic_inc(v) ((void)sim_add(v, 1))
#define atomic_dec(v) ((void)sim_add(v, -1))
#define atomic_long_read(v) ((long)sim_load(v))
#define atomic_long_set(v, value) sim_store(v, value)
#define atomic_long_add(by, v) ((void)sim_add(v, by))
#define atomic_long_sub(by, v) ((void)sim_add(v, -(long)(by)))
#define atomic_long_inc(v) atomic_long_add(1, v)
#define atomic_long_dec(v) atomic_long_add(-1, v)
#define atomic_long_add_return(by, v) ((long)sim_add(v, by))
#define atomic_long_sub_return(by, v) ((long)sim_add(v, -(long)(by)))

#define cmpxchg(pointer, old, new) ({					\
	__typeof__(*(pointer)) sim_was = (old);				\
	__atomic_compare_exchange_n(pointer, &sim_was, new, 0, __ATOMIC_SEQ_CST, \
				    __ATOMIC_SEQ_CST);			\
	sim_was; })
#define try_cmpxchg(pointer, old, new) \
	__atomic_compare_exchange_n(pointer, old, new, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
#define xchg(pointer, new) __atomic_exchange_n(pointer, new, __ATOMIC_SEQ_CST)

#endif
