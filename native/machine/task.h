/* SPDX-License-Identifier: GPL-2.0-only */
/* Tasks: calls and work that run beside each other, one at a time, from point to point. */
#ifndef TASK_H
#define TASK_H

#include "machine.h"

#define MAX_HELD 32
/* Those of a scenario and workers; a set of them is one word. */
#define MAX_TASKS 48

struct task {
	/* From 1; 0 is none. What runs while there are no tasks is number MAX_TASKS + 1. */
	unsigned int number;
	void *stack_pointer;
	unsigned int cpu, atomic_depth, rcu_depth, held_count;
	struct sim_lock *held[MAX_HELD];
	/* Where it stands: null before its first step. */
	const struct sim_site *site;
	const void *object;
	/* The instruction behind the access it stands at, where every one is a point. */
	void *access_from;
	/* Where the running range of page table entries goes on, if it does. */
	unsigned long next_page;
	/* Whether a look at the place where it stands found nothing. */
	bool found_nothing;
	/* Whether it is in a call or does work. */
	bool busy;
	enum call call;
	struct operands operands;
	struct pending work;
	const char *warning;
	void *local;
	/* How its call ended. */
	int status;
	double value;
	struct numbers values;
};

extern struct task *running;
extern struct task tasks[MAX_TASKS];
extern unsigned int task_count;

/* Once in a process. */
void tasks_setup(void);
/* A new idle task on a CPU. */
struct task *spawn(unsigned int cpu);
/* Gives an idle task a call to make; the operands must last as long. */
void begin_call(struct task *task, enum call call, struct operands operands);
void begin_work(struct task *task, struct pending work);
/*
 * Lets a task go on to its next point, or to the end of its call or work. Returns false if the
 * machine has died of it.
 */
bool step(struct task *task);
bool may_run(const struct task *task);
bool can_step(const struct task *task);
/* Whether an address is in the part below a task's stack that must not be touched. */
bool below_stack(unsigned long address);
bool is_free_for(const struct sim_lock *lock, const struct task *task);

/* Points at every access to memory that tasks may share. */
extern bool every_access;

/* What the running step touches; see touch.c. */
extern bool footprint_wanted;
extern unsigned int shared_reads, shared_writes;
void touch_setup(void);
void footprint_clear(void);
/* Puts the words of memory: from, to, and whether they are written, range by range. */
void put_memory(struct numbers *numbers);
void note_memory(const void *address, unsigned long size, bool is_write);

#endif
