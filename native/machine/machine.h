/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the machine side share. */
#ifndef MACHINE_H
#define MACHINE_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "reply.h"
#include "sim.h"

/* A growing list of numbers, in address space that is only used as far as it is written. */
struct numbers {
	double *data;
	size_t count, limit;
};
void put_too_many(void) __attribute__((noreturn));
static inline void put(struct numbers *numbers, double value)
{
	if (numbers->count == numbers->limit)
		put_too_many();
	numbers->data[numbers->count++] = value;
}
/* No text is an empty one. */
void put_text(struct numbers *numbers, const char *text);

/* What reply_number() and its like add to. */
extern struct numbers *replying;
/* The last WARN of the running call, or null. */
extern const char *warning;
/* Every tracepoint: its name, and how often it was passed since boot. */
void put_traces(struct numbers *numbers);

/* What happened in the running call; see EVENTS in src/subject/native/events.ts. */
enum event {
	EVENT_PTES_SET,
	EVENT_PTES_CLEARED,
	EVENT_FLUSH,
	EVENT_FRAME_ALLOCATED,
	EVENT_FRAME_FREED,
	EVENT_DIRECT_MAP,
	EVENT_INNER_FREE_BEGINS,
	EVENT_INNER_FREE_RETURNED,
	EVENT_INNER_ALLOCATED,
	EVENT_COMPLAINT,
	EVENT_LIST_COMPLAINT,
	/* Of a flush whose shares are events of their own: the task, and the CPU by its place. */
	EVENT_FLUSH_BEGINS,
	EVENT_FLUSH_SHARE,
};
extern struct numbers *const events;
void put_event(enum event event);
/* The next page-table event is one of its own. */
void end_event(void);

/* Zeroed address space of `size` bytes that takes memory only where it is written. */
void *reserve(size_t size);

/* The virtual page number of an address, as the outside counts. */
double page_of(unsigned long address);
/* That of the first page of the direct map. */
extern double direct_map_vpn;

/* The parts of the machine are set up once in a process. */
void memory_setup(void);
void pages_setup(void);
void work_setup(void);
void locks_setup(void);
/* Frees what the last machine had mapped and allocated, before the variables are put back. */
void pages_reset(void);
void memory_forget(void);
/* Makes the copies of the per-CPU variables, once the new machine's CPUs are known. */
void memory_reset(void);

/* Work that waits to be run, and the next of it; false: there is none. */
struct pending {
	const struct sim_work *state;
	void *work;
	void (*run)(void *work);
	const char *name;
	unsigned int cpu;
};
unsigned int pending_work(void);
bool take_work(struct pending *next);
bool is_page_table(unsigned long address);
/* Whether an address is of memory that tasks share, variables aside. */
bool is_shared_memory(unsigned long address);
/* Dies if it is in an object that was freed. */
void check_not_freed(unsigned long address, bool is_write);
/* A point before an entry of a page table, unless the last one was passed right before it. */
void page_point(const struct sim_site *site, unsigned long address);
bool on_own_stack(unsigned long address);
bool on_other_stack(unsigned long address);
unsigned long failed_allocations(void);
unsigned long live_objects(enum sim_kind kind);
void scratch_reset(void);

/*
 * If an address that faulted is mapped in the simulated page table, gives it memory of the host.
 * Returns whether the access can be tried again.
 */
bool map_on_host(unsigned long address);

/* How the running call ended early, and where to go on then. */
struct death {
	jmp_buf to;
	enum sim_death cause;
	char reason[512];
};
extern struct death *const death;
/* Catches what the kernel's code does wrong as a user of this process. */
void crash_setup(void);
/* A call begins, or none is running any more: it is not to take for ever. */
void watch_call(bool running);
/* Goes up with all that a call does to the world: one that goes on and does nothing is in a loop. */
extern unsigned long effects;

#endif
