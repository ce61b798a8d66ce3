// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel memory. What is freed is poisoned and never handed out again until the next boot, so that
 * a use after it shows: as an address that is none, or as a lock that is none. Each task has a part
 * of the arena, so that what one allocates does not move what another does.
 */
#include <string.h>
#include <sys/mman.h>

#include "task.h"

#define PARTS 64
#define PART_SHIFT 30
#define ARENA ((unsigned long)PARTS << PART_SHIFT)
/* Objects begin at multiples of so many bytes. */
#define GRAIN 4
#define OWN (1UL << 34)
#define SCRATCH (1UL << 32)
#define LIVE 0x600df00du
#define FREED 0xdeadf00du
#define POISON_NEW 0xa5
#define POISON_FREED 0x6b

struct header {
	unsigned int state, kind;
	unsigned long size;
};

static char *arena, *scratch, *own;
static size_t part_used[PARTS], scratch_used, own_used;
/* For each grain of the arena, whether it was part of an object that is freed. */
static unsigned char *freed;
static unsigned long live[SIM_KINDS];
static unsigned long fail_in, failed;

static const char *const kind_names[SIM_KINDS] = {
	"object", "vmap_area", "vm_struct", "vmap_block", "page array",
};

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
	freed = reserve(ARENA >> GRAIN);
	own = reserve(OWN);
}

/* Before the variables are put back. */
void memory_forget(void)
{
	unsigned int part;

	for (part = 0; part < PARTS; part++)
		if (part_used[part] > 0)
			memset(freed + ((unsigned long)part << (PART_SHIFT - GRAIN)), 0,
			       part_used[part] >> GRAIN);
}

bool sim_may_allocate(void)
{
	if (fail_in == 0) {
		sim_note_read(SIM_MEMORY);
		return true;
	}
	sim_note_write(SIM_MEMORY);
	if (--fail_in > 0)
		return true;
	failed++;
	return false;
}

void fail_nth_allocation(unsigned long nth)
{
	sim_note_write(SIM_MEMORY);
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
	unsigned int part = running->number;
	struct header *header = (struct header *)(arena + ((unsigned long)part << PART_SHIFT) +
						  part_used[part]);

	if (whole > (1UL << PART_SHIFT) - part_used[part])
		sim_die(SIM_BUG, "the simulator's heap is exhausted");
	part_used[part] += whole;
	*header = (struct header){ LIVE, kind, size };
	memset(header + 1, POISON_NEW, size);
	live[kind]++;
	return header + 1;
}

static struct header *header_of(const void *object)
{
	unsigned long offset = (unsigned long)object - (unsigned long)arena;
	unsigned long part = offset >> PART_SHIFT, within = offset & ((1UL << PART_SHIFT) - 1);

	if (part >= PARTS || within < sizeof(struct header) || within >= part_used[part])
		sim_die(SIM_OOPS, "kfree() of what was never allocated: %p", object);
	return (struct header *)object - 1;
}

enum sim_kind sim_kind(const void *object)
{
	return header_of(object)->kind;
}

void sim_free(const void *object)
{
	struct header *header;

	if (!object)
		return;
	header = header_of(object);
	if (header->state == FREED)
		sim_die(SIM_OOPS, "double free of a %s", kind_names[header->kind]);
	if (header->state != LIVE)
		sim_die(SIM_OOPS, "kfree() of what was never allocated: %p", object);
	note_memory(object, header->size, true);
	header->state = FREED;
	memset(freed + (((unsigned long)header - (unsigned long)arena) >> GRAIN), 1,
	       1 + ((header->size + 15) >> GRAIN));
	memset(header + 1, POISON_FREED, header->size);
	live[header->kind]--;
}

bool is_shared_memory(unsigned long address)
{
	return address - (unsigned long)arena < ARENA || is_page_table(address) ||
	       (address >= sim_machine.vmalloc_start && address < sim_machine.modules_end);
}

void check_not_freed(unsigned long address, bool is_write)
{
	unsigned long offset = address - (unsigned long)arena, at = offset >> GRAIN;
	const struct header *header;

	if (offset >= ARENA || !freed[at])
		return;
	for (header = (struct header *)arena + at; header->state != FREED; header--)
		;
	sim_die(SIM_OOPS, "use after free: a %s is %s", kind_names[header->kind],
		is_write ? "written" : "read");
}

void *sim_own_alloc(unsigned long size)
{
	char *at = own + own_used;

	if (size > OWN - own_used)
		sim_die(SIM_BUG, "the simulator has no room for %lu bytes", size);
	own_used += (size + 15) & ~15UL;
	return at;
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
