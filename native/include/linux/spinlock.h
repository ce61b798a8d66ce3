/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Spinlocks, for <linux/spinlock.h> and <linux/spinlock_types.h>: a lock knows who declared it and
 * who holds it. Whoever holds one is not preempted on its CPU; there are no interrupts, so the
 * forms that shut them out do no more.
 */
#ifndef SIM_LINUX_SPINLOCK_H
#define SIM_LINUX_SPINLOCK_H

#include <linux/types.h>
#include <linux/compiler.h>
#include "sim.h"

typedef struct spinlock { struct sim_lock sim; } spinlock_t;
typedef spinlock_t raw_spinlock_t;

#define __SPIN_LOCK_UNLOCKED(lock) { { .name = #lock, .magic = SIM_LOCK_MAGIC } }
#define DEFINE_SPINLOCK(lock) spinlock_t lock = __SPIN_LOCK_UNLOCKED(lock)
#define spin_lock_init(lock) sim_lock_init(&(lock)->sim, #lock, 0)

#define spin_lock(lock) sim_lock(&(lock)->sim, SIM_SITE(LOCK, "spin_lock(" #lock ")"))
#define spin_trylock(lock) sim_trylock(&(lock)->sim, SIM_SITE(TRYLOCK, "spin_trylock(" #lock ")"))
#define spin_unlock(lock) sim_unlock(&(lock)->sim, SIM_SITE(UNLOCK, "spin_unlock(" #lock ")"))
#define spin_lock_irq(lock) spin_lock(lock)
#define spin_unlock_irq(lock) spin_unlock(lock)
#define spin_lock_bh(lock) spin_lock(lock)
#define spin_unlock_bh(lock) spin_unlock(lock)
#define spin_lock_nested(lock, subclass) spin_lock(lock)
#define spin_lock_irqsave(lock, flags) do { (flags) = 0; spin_lock(lock); } while (0)
#define spin_unlock_irqrestore(lock, flags) do { (void)(flags); spin_unlock(lock); } while (0)
/* Somebody always wants it, so it is always dropped; alone nobody can tell. */
#define cond_resched_lock(lock) ({					\
	sim_assert_held(&(lock)->sim);					\
	if (sim_interleaved) {						\
		spin_unlock(lock);					\
		spin_lock(lock);					\
	}								\
	0; })

#endif
