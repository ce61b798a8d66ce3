// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames, page tables and the TLB flush. Frames are handed out lowest first. The frames' own
 * contents exist only where the kernel itself reads or writes through a vmalloc address: then the
 * page is mapped into this process from a file in memory.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "task.h"

/* Callers bring frames from 2^24 on. */
#define FRAMES (1UL << 30)
#define FIRST_PFN 1
#define SLOTS (1UL << (47 - SIM_TABLE_SHIFT))
#define ENTRIES 512
#define TABLES (1UL << 18)
#define HOST_PAGES (1 << 12)

struct page;
struct page *mem_map;

static unsigned long *slots, *tables;
static unsigned int *slot_of_table;
static unsigned long tables_used;

/* For each frame of RAM, whether it is handed out and the permission in the direct map. */
static unsigned char *allocated, *perms;
static unsigned long lowest_free = FIRST_PFN, highest_used;

static int ram_file;
static unsigned long *host_pages, *words;
static unsigned int host_count;

/* The event that the next entry may prolong. */
static struct { enum event event; unsigned long next; size_t at; } run;

void pages_setup(void)
{
	/* A struct page is a word; pointers to one that does not exist are only computed with. */
	mem_map = reserve(FRAMES * sizeof(long));
	slots = reserve(SLOTS * sizeof(*slots));
	tables = reserve(TABLES * ENTRIES * sizeof(*tables));
	slot_of_table = reserve(TABLES * sizeof(*slot_of_table));
	allocated = reserve(1UL << 25);
	perms = reserve(1UL << 25);
	host_pages = reserve(HOST_PAGES * sizeof(*host_pages));
	words = reserve(1UL << SIM_PAGE_SHIFT);
	ram_file = memfd_create("ram", MFD_CLOEXEC);
	if (ram_file < 0 || ftruncate(ram_file, FRAMES << SIM_PAGE_SHIFT))
		sim_die(SIM_BUG, "the simulator has no memory for frames");
}

void pages_reset(void)
{
	unsigned long table;

	for (table = 0; table < tables_used; table++) {
		slots[slot_of_table[table]] = 0;
		memset(tables + table * ENTRIES, 0, ENTRIES * sizeof(*tables));
	}
	while (host_count > 0)
		munmap((void *)host_pages[--host_count], 1UL << SIM_PAGE_SHIFT);
	memset(allocated, 0, highest_used + 1);
	memset(perms, 0, highest_used + 1);
}

/* Frames. */

long sim_frame_alloc(void)
{
	unsigned long pfn = lowest_free;

	sim_note_write(SIM_HARDWARE);
	while (pfn < FIRST_PFN + sim_machine.ram_pages && allocated[pfn])
		pfn++;
	lowest_free = pfn;
	if (pfn >= FIRST_PFN + sim_machine.ram_pages)
		return -1;
	allocated[pfn] = 1;
	if (pfn > highest_used)
		highest_used = pfn;
	put_event(EVENT_FRAME_ALLOCATED);
	put(events, pfn);
	return pfn;
}

void sim_frame_free(unsigned long pfn)
{
	sim_note_write(SIM_HARDWARE);
	if (pfn >= FIRST_PFN && pfn < FIRST_PFN + sim_machine.ram_pages && allocated[pfn]) {
		allocated[pfn] = 0;
		if (pfn < lowest_free)
			lowest_free = pfn;
	}
	put_event(EVENT_FRAME_FREED);
	put(events, pfn);
}

const void *sim_frame_bytes(unsigned long pfn)
{
	size_t i;

	effects++;
	for (i = 0; i < (1 << SIM_PAGE_SHIFT) / sizeof(words[0]); i++)
		words[i] = pfn;
	return words;
}

bool sim_direct_map(unsigned long pfn, enum sim_perm perm)
{
	if (pfn > FIRST_PFN + sim_machine.ram_pages)
		return false;
	note_memory(&perms[pfn], 1, perms[pfn] != perm);
	if (perms[pfn] == perm)
		return false;
	perms[pfn] = perm;
	put_event(EVENT_DIRECT_MAP);
	put(events, pfn);
	put(events, perm);
	return true;
}

/* Page tables. */

unsigned long *sim_table_slot(unsigned long address)
{
	static unsigned long nothing;

	return address >> SIM_TABLE_SHIFT < SLOTS ? &slots[address >> SIM_TABLE_SHIFT] : &nothing;
}

bool sim_table_alloc(unsigned long *slot)
{
	if (!sim_may_allocate())
		return false;
	note_memory(slot, sizeof(*slot), true);
	/* Another task may have been faster. */
	if (*slot)
		return true;
	if (tables_used == TABLES)
		sim_die(SIM_BUG, "the simulator has no more page tables");
	slot_of_table[tables_used] = slot - slots;
	*slot = (unsigned long)(tables + tables_used++ * ENTRIES);
	return true;
}

bool is_page_table(unsigned long address)
{
	return address - (unsigned long)tables < TABLES * ENTRIES * sizeof(*tables) ||
	       address - (unsigned long)slots < SLOTS * sizeof(*slots);
}

static unsigned long *entry_of(unsigned long address)
{
	unsigned long *table = (unsigned long *)*sim_table_slot(address);

	return table ? table + (address >> SIM_PAGE_SHIFT) % ENTRIES : NULL;
}

/* Begins an event about a page, unless the last one can be prolonged by it: whether it can. */
static bool prolongs(enum event event, unsigned long address)
{
	bool does = run.at > 0 && run.event == event && run.next == address;

	if (!does) {
		put_event(event);
		run.event = event;
		run.at = events->count;
	}
	run.next = address + (1UL << SIM_PAGE_SHIFT);
	return does;
}

void end_event(void)
{
	run.at = 0;
}

void put_event(enum event event)
{
	end_event();
	put(events, event);
}

static void unmap_on_host(unsigned long address)
{
	unsigned int i;

	for (i = 0; i < host_count; i++) {
		if (host_pages[i] != address)
			continue;
		munmap((void *)address, 1UL << SIM_PAGE_SHIFT);
		host_pages[i] = host_pages[--host_count];
		return;
	}
}

bool map_on_host(unsigned long address)
{
	unsigned long page = address & ~((1UL << SIM_PAGE_SHIFT) - 1);
	unsigned long *entry = entry_of(page);

	if (!entry || *entry == 0 || host_count == HOST_PAGES)
		return false;
	if (mmap((void *)page, 1UL << SIM_PAGE_SHIFT, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED_NOREPLACE, ram_file,
		 *entry >> 1 << SIM_PAGE_SHIFT) != (void *)page)
		return false;
	host_pages[host_count++] = page;
	return true;
}

void sim_pte_set(unsigned long address, unsigned long *pte, unsigned long value,
		 const struct sim_site *site)
{
	page_point(site, address);
	note_memory(pte, sizeof(*pte), true);
	if (*pte && host_count > 0)
		unmap_on_host(address);
	*pte = value;
	if (prolongs(EVENT_PTES_SET, address)) {
		events->data[run.at + 1]++;
	} else {
		put(events, page_of(address));
		put(events, 1);
	}
	put(events, value >> 1);
}

unsigned long sim_pte_clear(unsigned long address, unsigned long *pte,
			    const struct sim_site *site)
{
	unsigned long was;

	page_point(site, address);
	note_memory(pte, sizeof(*pte), *pte != 0);
	was = *pte;
	if (!was)
		return 0;
	if (host_count > 0)
		unmap_on_host(address);
	*pte = 0;
	if (prolongs(EVENT_PTES_CLEARED, address)) {
		events->data[run.at + 1]++;
	} else {
		put(events, page_of(address));
		put(events, page_of(address) + 1);
	}
	return was;
}

/* The page of an end of a range; that of a hull over nothing is infinitely far away. */
static double end_of_hull(unsigned long address)
{
	if (address == ~0UL)
		return __builtin_inf();
	return address == 0 ? -__builtin_inf() : page_of(address);
}

void sim_flush_tlb(unsigned long start, unsigned long end, const struct sim_site *site)
{
	unsigned int cpu, place = 0;

	sim_trace("flush_tlb_kernel_range");
	put_event(sim_interleaved ? EVENT_FLUSH_BEGINS : EVENT_FLUSH);
	if (sim_interleaved)
		put(events, running->number);
	put(events, end_of_hull(start));
	put(events, end_of_hull(end));
	for (cpu = 0; sim_interleaved && cpu < sim_machine.nr_cpu_ids; cpu++) {
		if (!(sim_machine.online_cpus[cpu / 64] >> cpu % 64 & 1))
			continue;
		sim_point(site, (void *)start);
		put_event(EVENT_FLUSH_SHARE);
		put(events, running->number);
		put(events, place++);
	}
}
