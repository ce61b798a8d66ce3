// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks and RCU. The order in which classes of locks are taken is remembered, as lockdep does. A
 * class is a name.
 */
#include <string.h>

#include "task.h"

#define MAX_CLASSES 64

static const char *names[MAX_CLASSES];
static unsigned int class_count = 1;
/* inside[a] has bit b: a lock of class b was taken inside one of class a. */
static unsigned long inside[MAX_CLASSES];

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

/* What frees the memory around a lock races with every use of it. */
static void check_lock(const struct sim_lock *lock)
{
	note_memory(lock, sizeof(*lock), false);
	if (lock->magic == SIM_LOCK_MAGIC)
		return;
	check_not_freed((unsigned long)lock, true);
	sim_die(SIM_OOPS, "use of a lock that was never initialised");
}

/* Whether a lock of class `to` was taken inside one of class `from`, or inside one that was. */
static bool reaches(unsigned int from, unsigned int to)
{
	unsigned long seen = 1UL << from, before = 0;
	unsigned int class;

	while (seen != before) {
		before = seen;
		for (class = 1; class < class_count; class++)
			if (seen >> class & 1)
				seen |= inside[class];
	}
	return seen >> to & 1;
}

static void check_order(struct sim_lock *lock)
{
	unsigned int class = class_of(lock), i;

	for (i = 0; i < running->held_count; i++) {
		unsigned int outer = class_of(running->held[i]);

		if (inside[outer] >> class & 1)
			continue;
		if (outer == class)
			sim_complain("%s taken while one of the same class is held", label(lock));
		else if (reaches(class, outer))
			sim_complain("lock order inversion: %s taken while %s is held, "
				     "and elsewhere the other way round",
				     label(lock), label(running->held[i]));
		inside[outer] |= 1UL << class;
	}
}

static void take(struct sim_lock *lock)
{
	if (running->held_count == MAX_HELD)
		sim_die(SIM_BUG, "the simulator knows %d locks held at once", MAX_HELD);
	lock->owner = running->number;
	running->held[running->held_count++] = lock;
	if (!lock->sleeps)
		running->atomic_depth++;
}

bool is_free_for(const struct sim_lock *lock, const struct task *task)
{
	/* A step into the oops or the deadlock that will come of it is a step. */
	return lock->magic != SIM_LOCK_MAGIC || lock->owner == 0 || lock->owner == task->number;
}

void sim_lock(struct sim_lock *lock, const struct sim_site *site)
{
	check_lock(lock);
	do
		sim_point(site, lock);
	while (!is_free_for(lock, running));
	check_lock(lock);
	if (lock->owner)
		sim_die(SIM_LOCKING, "deadlock on %s", label(lock));
	check_order(lock);
	take(lock);
}

bool sim_trylock(struct sim_lock *lock, const struct sim_site *site)
{
	check_lock(lock);
	sim_point(site, lock);
	check_lock(lock);
	if (lock->owner)
		return false;
	take(lock);
	return true;
}

void sim_unlock(struct sim_lock *lock, const struct sim_site *site)
{
	unsigned int i = running->held_count;

	check_lock(lock);
	if (lock->owner != running->number)
		sim_die(SIM_LOCKING, "%s unlocked by a task without it", label(lock));
	sim_point(site, lock);
	check_lock(lock);
	while (running->held[i - 1] != lock)
		i--;
	memmove(running->held + i - 1, running->held + i,
		(running->held_count - i) * sizeof(running->held[0]));
	running->held_count--;
	lock->owner = 0;
	if (!lock->sleeps)
		running->atomic_depth--;
}

bool sim_holds(const struct sim_lock *lock)
{
	return lock->owner == running->number;
}

void sim_assert_held(const struct sim_lock *lock)
{
	if (!sim_holds(lock))
		sim_complain("lockdep_assert_held: %s is not held", label(lock));
}

void sim_preempt_disable(void)
{
	running->atomic_depth++;
}

void sim_preempt_enable(void)
{
	if (running->atomic_depth == 0)
		sim_die(SIM_LOCKING, "preempt_enable without preempt_disable");
	running->atomic_depth--;
}

void sim_might_sleep(const char *where)
{
	if (running->atomic_depth > 0 && running->held_count > 0)
		sim_complain("%s: sleeping in atomic context, inside %s", where,
			     label(running->held[running->held_count - 1]));
	else if (running->atomic_depth > 0)
		sim_complain("%s: sleeping in atomic context", where);
	else if (running->rcu_depth > 0)
		sim_complain("%s: sleeping in an RCU read-side critical section", where);
}

/* RCU: what was handed over waits for the readers of that moment, a bit for each. */

#define MAX_WAITING (1U << 16)

static struct waiting { void *object; unsigned long readers; } *waiting;
static unsigned int waiting_count;
static unsigned long readers;

void locks_setup(void)
{
	waiting = reserve(MAX_WAITING * sizeof(*waiting));
}

void sim_rcu_read_lock(void)
{
	sim_note_read(SIM_RCU);
	running->rcu_depth++;
	readers |= 1UL << running->number;
}

void sim_rcu_read_unlock(void)
{
	unsigned long reader = 1UL << running->number;
	unsigned int i, kept = 0;

	if (running->rcu_depth == 0)
		sim_die(SIM_LOCKING, "rcu_read_unlock without a lock");
	if (waiting_count > 0)
		sim_note_write(SIM_RCU);
	else
		sim_note_read(SIM_RCU);
	if (--running->rcu_depth > 0)
		return;
	readers &= ~reader;
	for (i = 0; i < waiting_count; i++) {
		waiting[i].readers &= ~reader;
		if (waiting[i].readers)
			waiting[kept++] = waiting[i];
		else
			sim_free(waiting[i].object);
	}
	waiting_count = kept;
}

void sim_call_rcu(void *object)
{
	sim_note_write(SIM_RCU);
	if (readers == 0)
		sim_free(object);
	else if (waiting_count < MAX_WAITING)
		waiting[waiting_count++] = (struct waiting){ object, readers };
	else
		sim_die(SIM_BUG, "the simulator has too much waiting for a grace period");
}
