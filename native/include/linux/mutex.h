/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mutexes, for <linux/mutex.h>: a lock that is taken where one may sleep. guard(mutex) needs the
 * functions, not macros.
 */
#ifndef SIM_LINUX_MUTEX_H
#define SIM_LINUX_MUTEX_H

#include <linux/spinlock.h>
#include <linux/lockdep.h>
#if __has_include(<linux/cleanup.h>)
#include <linux/cleanup.h>
#endif

struct mutex { struct sim_lock sim; };

#define DEFINE_MUTEX(lock) \
	struct mutex lock = { { .name = #lock, .sleeps = 1, .magic = SIM_LOCK_MAGIC } }
#define mutex_init(lock) sim_lock_init(&(lock)->sim, #lock, true)

static inline void mutex_lock(struct mutex *lock)
{
	sim_might_sleep("mutex_lock()");
	sim_lock(&lock->sim);
}

static inline int mutex_trylock(struct mutex *lock)
{
	return sim_trylock(&lock->sim);
}

static inline void mutex_unlock(struct mutex *lock)
{
	sim_unlock(&lock->sim);
}

#ifdef DEFINE_GUARD
DEFINE_GUARD(mutex, struct mutex *, mutex_lock(_T), mutex_unlock(_T))
#endif

#endif
