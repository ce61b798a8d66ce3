// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel memory. What is freed is poisoned and never handed out again until the next boot, so that
 * a use after it shows: as an address that is none, or as a lock that is none.
 */
#include <string.h>
#include <sys/mman.h>

#include "machine.h"

#define ARENA (1UL << 36)
#define SCRATCH (1UL << 32)
#define LIVE 0x600df00du
#define FREED 0xdeadf00du
#define POISON_NEW 0xa5
#define POISON_FREED 0x6b

struct header {
	unsigned int state, kind;
	unsigned long size;
};

static char *arena, *scratch;
static size_t arena_used, scratch_used;
static unsigned long live[SIM_KINDS];
static unsigned long fail_in, failed;

/* RCU: what is freed while there are readers waits for the last of them. */

#define MAX_WAITING (1U << 16)

static unsigned int readers;
static void **waiting;
static unsigned int waiting_count;

void *reserve(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		sim_die(SIM_BUG, "the simulator has no address space for %zu bytes", size);
	return at;
}

void memory_setup(void)
{
	arena = reserve(ARENA);
	scratch = reserve(SCRATCH);
	waiting = reserve(MAX_WAITING * sizeof(*waiting));
}

bool sim_may_allocate(void)
{
	if (fail_in == 0 || --fail_in > 0)
		return true;
	failed++;
	return false;
}

void fail_nth_allocation(unsigned long nth)
{
	fail_in = nth;
}

unsigned long failed_allocations(void)
{
	return failed;
}

unsigned long live_objects(enum sim_kind kind)
{
	return live[kind];
}

void *sim_alloc(unsigned long size, enum sim_kind kind)
{
	size_t whole = sizeof(struct header) + ((size + 15) & ~15UL);
	struct header *header = (struct header *)(arena + arena_used);

	if (whole > ARENA - arena_used)
		sim_die(SIM_BUG, "the simulator's heap is exhausted");
	arena_used += whole;
	*header = (struct header){ LIVE, kind, size };
	memset(header + 1, POISON_NEW, size);
	live[kind]++;
	return header + 1;
}

static struct header *header_of(const void *object)
{
	const char *at = object;

	if (at < arena + sizeof(struct header) || at >= arena + arena_used)
		sim_die(SIM_OOPS, "kfree() of what was never allocated: %p", object);
	return (struct header *)at - 1;
}

enum sim_kind sim_kind(const void *object)
{
	return header_of(object)->kind;
}

void sim_free(const void *object)
{
	static const char *const names[SIM_KINDS] = {
		"object", "vmap_area", "vm_struct", "vmap_block", "page array",
	};
	struct header *header;

	if (!object)
		return;
	header = header_of(object);
	if (header->state == FREED)
		sim_die(SIM_OOPS, "double free of a %s", names[header->kind]);
	if (header->state != LIVE)
		sim_die(SIM_OOPS, "kfree() of what was never allocated: %p", object);
	header->state = FREED;
	memset(header + 1, POISON_FREED, header->size);
	live[header->kind]--;
}

void *sim_scratch(unsigned long size)
{
	char *at = scratch + scratch_used;

	if (size > SCRATCH - scratch_used)
		sim_die(SIM_BUG, "the simulator has no room for %lu bytes", size);
	scratch_used += (size + 15) & ~15UL;
	return at;
}

void scratch_reset(void)
{
	scratch_used = 0;
}

void sim_rcu_read_lock(void)
{
	readers++;
}

void sim_rcu_read_unlock(void)
{
	unsigned int count = waiting_count, i;

	if (readers == 0)
		sim_die(SIM_LOCKING, "rcu_read_unlock without a lock");
	if (--readers > 0)
		return;
	waiting_count = 0;
	for (i = 0; i < count; i++)
		sim_free(waiting[i]);
}

bool sim_in_rcu_reader(void)
{
	return readers > 0;
}

void sim_call_rcu(void *object)
{
	if (readers == 0)
		sim_free(object);
	else if (waiting_count < MAX_WAITING)
		waiting[waiting_count++] = object;
	else
		sim_die(SIM_BUG, "the simulator has too much waiting for a grace period");
}

/* Per-CPU variables. */

extern char __start_sim_percpu[], __stop_sim_percpu[];
static char *per_cpu_copies;

void *sim_per_cpu(const void *variable, unsigned int cpu)
{
	size_t size = __stop_sim_percpu - __start_sim_percpu;

	if (cpu >= SIM_MAX_CPUS || !(sim_machine.possible_cpus[cpu / 64] >> cpu % 64 & 1))
		sim_die(SIM_OOPS, "a per-CPU variable of CPU %u, which is not possible", cpu);
	return per_cpu_copies + cpu * size + ((const char *)variable - __start_sim_percpu);
}

void memory_reset(void)
{
	size_t size = __stop_sim_percpu - __start_sim_percpu;
	unsigned int cpu;

	per_cpu_copies = sim_alloc(size * sim_machine.nr_cpu_ids, SIM_OTHER);
	for (cpu = 0; cpu < sim_machine.nr_cpu_ids; cpu++)
		memcpy(per_cpu_copies + cpu * size, __start_sim_percpu, size);
}
