/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RCU, for <linux/rcupdate.h>: what waits for a grace period waits for those who read when it was
 * handed over. Pointers are plain: memory is sequentially consistent.
 */
#ifndef SIM_LINUX_RCUPDATE_H
#define SIM_LINUX_RCUPDATE_H

#include <linux/types.h>
#include <linux/compiler.h>
#include <asm/rwonce.h>
#include "sim.h"

#define rcu_read_lock() sim_rcu_read_lock()
#define rcu_read_unlock() sim_rcu_read_unlock()
#define rcu_read_lock_any_held() 1
#define rcu_dereference(pointer) READ_ONCE(pointer)
#define rcu_dereference_raw(pointer) READ_ONCE(pointer)
#define rcu_dereference_check(pointer, condition) READ_ONCE(pointer)
#define rcu_dereference_protected(pointer, condition) (pointer)
#define rcu_assign_pointer(pointer, value) WRITE_ONCE(pointer, value)
#define RCU_INIT_POINTER(pointer, value) WRITE_ONCE(pointer, value)
#define RCU_LOCKDEP_WARN(condition, text) do { } while (0)
#define kfree_rcu(object, field) sim_call_rcu(object)
/* Only the nodes of an xarray are freed this way: they are one size, and their head is inside. */
void call_rcu(struct rcu_head *head, void (*function)(struct rcu_head *head));

#endif
