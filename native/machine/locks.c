// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks: one task at a time, so that a lock that is held when it is taken is a deadlock. The order
 * in which classes of locks are taken is remembered, as lockdep does. A class is a name.
 */
#include <string.h>

#include "machine.h"

#define MAX_CLASSES 64
#define MAX_HELD 32

static const char *names[MAX_CLASSES];
static unsigned int class_count = 1;
/* inside[a] has bit b: a lock of class b was taken inside one of class a. */
static unsigned long inside[MAX_CLASSES];
static struct sim_lock *held[MAX_HELD];
static unsigned int held_count, atomic_depth;

static const char *label(const struct sim_lock *lock)
{
	return lock->name + (lock->name[0] == '&');
}

static unsigned int class_of(struct sim_lock *lock)
{
	unsigned int class;

	if (lock->class)
		return lock->class;
	for (class = 1; class < class_count; class++)
		if (strcmp(names[class], lock->name) == 0)
			return lock->class = class;
	if (class_count == MAX_CLASSES)
		sim_die(SIM_BUG, "the simulator knows %d classes of locks", MAX_CLASSES);
	names[class_count] = lock->name;
	return lock->class = class_count++;
}

void sim_lock_init(struct sim_lock *lock, const char *name, bool sleeps)
{
	*lock = (struct sim_lock){ .name = name, .sleeps = sleeps, .magic = SIM_LOCK_MAGIC };
}

static void check_lock(const struct sim_lock *lock)
{
	if (lock->magic != SIM_LOCK_MAGIC)
		sim_die(SIM_OOPS, "use of a lock that was freed or never initialised");
}

static void check_order(struct sim_lock *lock)
{
	unsigned int class = class_of(lock), i;

	for (i = 0; i < held_count; i++) {
		unsigned int outer = class_of(held[i]);

		if (inside[class] >> outer & 1)
			sim_complain("lock order: %s inside %s, and the other way round",
				     label(lock), label(held[i]));
		inside[outer] |= 1UL << class;
	}
}

static void take(struct sim_lock *lock)
{
	if (held_count == MAX_HELD)
		sim_die(SIM_BUG, "the simulator knows %d locks held at once", MAX_HELD);
	lock->held = 1;
	held[held_count++] = lock;
	if (!lock->sleeps)
		atomic_depth++;
}

void sim_lock(struct sim_lock *lock)
{
	check_lock(lock);
	if (lock->held)
		sim_die(SIM_LOCKING, "deadlock on %s", label(lock));
	check_order(lock);
	take(lock);
}

bool sim_trylock(struct sim_lock *lock)
{
	check_lock(lock);
	if (lock->held)
		return false;
	take(lock);
	return true;
}

void sim_unlock(struct sim_lock *lock)
{
	unsigned int i = held_count;

	check_lock(lock);
	while (i > 0 && held[i - 1] != lock)
		i--;
	if (i == 0)
		sim_die(SIM_LOCKING, "%s unlocked by a task without it", label(lock));
	memmove(held + i - 1, held + i, (held_count - i) * sizeof(held[0]));
	held_count--;
	lock->held = 0;
	if (!lock->sleeps)
		atomic_depth--;
}

void sim_assert_held(const struct sim_lock *lock)
{
	if (!lock->held)
		sim_complain("lockdep_assert_held: %s is not held", label(lock));
}

void sim_might_sleep(const char *where)
{
	if (atomic_depth > 0)
		sim_complain("%s: sleeping in atomic context, inside %s", where,
			     label(held[held_count - 1]));
	else if (sim_in_rcu_reader())
		sim_complain("%s: sleeping in an RCU read-side critical section", where);
}
