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

/*
 * Scheduling points; the first kinds are of what can be waited for, and of locks. Where calls run as tasks, the running one stops there and another may go on;
 * else there is nothing to do. `object` is what is about to be touched.
 */
enum sim_point_kind {
	SIM_POINT_LOCK,
	SIM_POINT_TRYLOCK,
	SIM_POINT_UNLOCK,
	SIM_POINT_BLOCKED,
	SIM_POINT_READ,
	SIM_POINT_WRITE,
	SIM_POINT_ATOMIC,
	SIM_POINT_RCU,
	SIM_POINT_PTE,
	SIM_POINT_FLUSH,
	SIM_POINT_WORK,
};
/* Where one stands in the C source: in a section of their own, in which each has its place. */
struct sim_site {
	enum sim_point_kind kind;
	const char *text, *function;
};
#define SIM_SITE(point_kind, point_text) ({				\
	static const struct sim_site sim_site				\
		__attribute__((section("sim_sites"), aligned(8))) =	\
		{ SIM_POINT_##point_kind, point_text, __func__ };	\
	&sim_site; })
void sim_point(const struct sim_site *site, const void *object);
/* A point, unless the last one was the same and nothing was found there; what was found now. */
void sim_look(const struct sim_site *site, const void *object);
_Bool sim_looked(const struct sim_site *site, _Bool nothing);
/* Whether calls run as tasks now, and work as well. */
extern _Bool sim_interleaved;
/* What the shims keep for the task that runs. */
extern void *sim_task_local;
/* Variables and memory of the shims, which no kernel has, and which tasks do not share. */
#define SIM_OWN __attribute__((section("sim_own")))
/* A function of the shims, whose loads and stores are not the kernel's and no points. */
#define SIM_UNSEEN __attribute__((__no_sanitize_thread__, __noinline__))
void *sim_own_alloc(unsigned long size);

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
void sim_pte_set(unsigned long address, unsigned long *pte, unsigned long value,
		 const struct sim_site *site);
unsigned long sim_pte_clear(unsigned long address, unsigned long *pte,
			    const struct sim_site *site);
void sim_flush_tlb(unsigned long start, unsigned long end, const struct sim_site *site);

/* Locks. `name` is how it was declared, and stands for its class; `owner`: the task's number. */
#define SIM_LOCK_MAGIC 0x10cced
struct sim_lock {
	const char *name;
	unsigned short owner;
	unsigned char sleeps, class;
	unsigned int magic;
};
void sim_lock_init(struct sim_lock *lock, const char *name, _Bool sleeps);
void sim_lock(struct sim_lock *lock, const struct sim_site *site);
_Bool sim_trylock(struct sim_lock *lock, const struct sim_site *site);
void sim_unlock(struct sim_lock *lock, const struct sim_site *site);
_Bool sim_holds(const struct sim_lock *lock);
void sim_assert_held(const struct sim_lock *lock);
void sim_might_sleep(const char *where);
void sim_preempt_disable(void);
void sim_preempt_enable(void);
/* A list is changed by a task that may not. */
void sim_complain_of_list(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* RCU: what is handed over is freed when the readers of this moment are done. */
void sim_rcu_read_lock(void);
void sim_rcu_read_unlock(void);
void sim_call_rcu(void *object);

/* The workqueue. What the shims keep of work; `busy`: how often it is pending or runs. */
struct sim_work {
	_Bool pending;
	unsigned int busy;
};
/*
 * Queues work unless it is pending, which is told: `run(pointer)` is called on that CPU when
 * somebody lets pending work run.
 */
_Bool sim_queue_work(struct sim_work *work, void *pointer, const char *name, unsigned int cpu,
		     void (*run)(void *pointer));
/* Work that was taken off the queue begins, and can be queued anew; it has ended. */
void sim_work_begins(struct sim_work *work);
void sim_work_ends(struct sim_work *work);
/* Stops until work is neither pending nor running. */
void sim_wait_for_work(const struct sim_work *work, const struct sim_site *site);
/* The running step touches what a number stands for, besides the memory of the kernel. */
enum sim_shared { SIM_HARDWARE, SIM_MEMORY, SIM_RCU, SIM_WORK, SIM_NOTIFIER };
void sim_note_read(enum sim_shared shared);
void sim_note_write(enum sim_shared shared);

/* What the address of an area means to the callers outside is theirs to know. */
void sim_inner_free_begins(unsigned long address);
void sim_inner_free_returned(unsigned long address);
void sim_inner_allocated(unsigned long address, unsigned long pages);
/* Per-CPU variables: where a CPU's copy of a variable is. */
void *sim_per_cpu(const void *variable, unsigned int cpu);

#endif
