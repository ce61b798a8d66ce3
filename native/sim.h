/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the shims of kernel interfaces (include/) and the kernel's file ask of the simulated
 * machine (machine/). Only plain C types: one side is compiled with the kernel's headers, the
 * other with the C library's.
 *
 * Addresses are bytes. The runtime turns them into the virtual page numbers that the outside
 * knows.
 */
#ifndef SIM_H
#define SIM_H

#define SIM_PAGE_SHIFT 12
#define SIM_MAX_CPUS 4096
#define SIM_MASK_LONGS (SIM_MAX_CPUS / 64)

struct sim_machine {
	unsigned long vmalloc_start, vmalloc_end;
	unsigned long modules_start, modules_end;
	unsigned long ram_pages;
	/* What lazy_max_pages() of the unmodified kernel is taken to return. */
	unsigned long lazy_max_pages;
	/* nr_vmap_nodes and vmap_zone_size (bytes), since v6.9. */
	unsigned int vmap_nodes;
	unsigned long zone_size;
	/* The highest possible CPU and one. */
	unsigned int nr_cpu_ids;
	unsigned long possible_cpus[SIM_MASK_LONGS];
	unsigned long online_cpus[SIM_MASK_LONGS];
};

extern struct sim_machine sim_machine;
/* The CPU the running task is on. */
extern unsigned int sim_cpu;

/* Where frame 0 is in the direct map: below every vmalloc space, never dereferenced. */
#define SIM_DIRECT_MAP (1UL << 37)

/* How a machine dies. The numbers are part of the protocol. */
enum sim_death { SIM_BUG = 0, SIM_OOPS = 1, SIM_LOCKING = 2 };

void sim_die(enum sim_death cause, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));
/* WARN(): the last one of a call is told with its outcome. */
void sim_warn(const char *text);
/* What lockdep or might_sleep() would say; the machine goes on. */
void sim_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Passes a tracepoint: it is counted. `name` must be a string constant. */
void sim_trace(const char *name);
/* A tracepoint that will be counted if it is passed. */
void sim_trace_known(const char *name);

/* Memory. Every allocation asks sim_may_allocate() once, by which a planned one fails. */
enum sim_kind {
	SIM_OTHER,
	SIM_VMAP_AREA,
	SIM_VM_STRUCT,
	SIM_VMAP_BLOCK,
	SIM_PAGE_ARRAY,
	SIM_KINDS,
};
_Bool sim_may_allocate(void);
void *sim_alloc(unsigned long size, enum sim_kind kind);
void sim_free(const void *object);
enum sim_kind sim_kind(const void *object);
/* Memory for the shims themselves, that lasts until the call ends. */
void *sim_scratch(unsigned long size);

/* Frames; -1 when RAM is out. */
long sim_frame_alloc(void);
void sim_frame_free(unsigned long pfn);
/* A page of memory whose every word is the number of the frame, for reading. */
const void *sim_frame_bytes(unsigned long pfn);
enum sim_perm { SIM_PERM_DEFAULT = 0, SIM_PERM_READ_ONLY = 1, SIM_PERM_INVALID = 2 };
/* Whether that changed it. */
_Bool sim_direct_map(unsigned long pfn, enum sim_perm perm);

/* Page tables: 2 MiB of addresses to a table of 512 entries; 0 is none, else (pfn << 1) | 1. */
#define SIM_TABLE_SHIFT 21
unsigned long *sim_table_slot(unsigned long address);
_Bool sim_table_alloc(unsigned long *slot);
void sim_pte_set(unsigned long address, unsigned long *pte, unsigned long value);
unsigned long sim_pte_clear(unsigned long address, unsigned long *pte);
void sim_flush_tlb(unsigned long start, unsigned long end);

/* Locks. `name` is how it was declared, and stands for its class. */
#define SIM_LOCK_MAGIC 0x10cced
struct sim_lock {
	const char *name;
	unsigned char held, sleeps, class;
	unsigned int magic;
};
void sim_lock_init(struct sim_lock *lock, const char *name, _Bool sleeps);
void sim_lock(struct sim_lock *lock);
_Bool sim_trylock(struct sim_lock *lock);
void sim_unlock(struct sim_lock *lock);
void sim_assert_held(const struct sim_lock *lock);
void sim_might_sleep(const char *where);

/* RCU: `reclaim` is called when no reader is left. */
void sim_rcu_read_lock(void);
void sim_rcu_read_unlock(void);
void sim_call_rcu(void *object);

/* The workqueue: `run(work)` is called when somebody lets pending work run. */
void sim_queue_work(void *work, void (*run)(void *work));

/* What the address of an area means to the callers outside is theirs to know. */
void sim_inner_free_begins(unsigned long address);
void sim_inner_free_returned(unsigned long address);
void sim_inner_allocated(unsigned long address, unsigned long pages);
/* Per-CPU variables: where a CPU's copy of a variable is. */
void *sim_per_cpu(const void *variable, unsigned int cpu);

#endif
