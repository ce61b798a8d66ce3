/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Spinlocks, for <linux/spinlock.h> and <linux/spinlock_types.h>: a lock knows who declared it,
 * that it is held, and nothing of interrupts. A lock that is not free when it is taken is a
 * deadlock, since nobody else runs.
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
#define spin_lock_init(lock) sim_lock_init(&(lock)->sim, #lock, false)

#define spin_lock(lock) sim_lock(&(lock)->sim)
#define spin_trylock(lock) sim_trylock(&(lock)->sim)
#define spin_unlock(lock) sim_unlock(&(lock)->sim)
#define spin_lock_irq(lock) spin_lock(lock)
#define spin_unlock_irq(lock) spin_unlock(lock)
#define spin_lock_bh(lock) spin_lock(lock)
#define spin_unlock_bh(lock) spin_unlock(lock)
#define spin_lock_nested(lock, subclass) spin_lock(lock)
#define spin_lock_irqsave(lock, flags) do { (flags) = 0; spin_lock(lock); } while (0)
#define spin_unlock_irqrestore(lock, flags) do { (void)(flags); spin_unlock(lock); } while (0)
/* Nobody else runs who could want it. */
#define cond_resched_lock(lock) (sim_assert_held(&(lock)->sim), 0)

#endif
