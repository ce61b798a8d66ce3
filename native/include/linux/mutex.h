/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mutexes, for <linux/mutex.h>: a lock that is taken where one may sleep.
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
#define mutex_init(lock) sim_lock_init(&(lock)->sim, #lock, 1)

#define mutex_lock(lock) ({						\
	sim_might_sleep("mutex_lock()");				\
	sim_lock(&(lock)->sim, SIM_SITE(LOCK, "mutex_lock(" #lock ")")); })
#define mutex_trylock(lock) \
	sim_trylock(&(lock)->sim, SIM_SITE(TRYLOCK, "mutex_trylock(" #lock ")"))
#define mutex_unlock(lock) sim_unlock(&(lock)->sim, SIM_SITE(UNLOCK, "mutex_unlock(" #lock ")"))

#ifdef DEFINE_GUARD
DEFINE_GUARD(mutex, struct mutex *, mutex_lock(_T), mutex_unlock(_T))
#endif

#endif
