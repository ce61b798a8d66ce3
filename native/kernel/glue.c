// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's mm/vmalloc.c, and what of the kernel around it is not a macro: the parts of the
 * shims that know the kernel's types.
 */
#include "include-vmalloc.h"
#include "reply.h"
#include "sim.h"

struct mm_struct init_mm;
struct shrinker sim_shrinker;
struct kmem_cache *radix_tree_node_cachep;

/* Pages. */

struct page *sim_alloc_page(void)
{
	long pfn = sim_may_allocate() ? sim_frame_alloc() : -1;

	return pfn < 0 ? NULL : pfn_to_page(pfn);
}

/* A page array that was vmalloc'ed is told of when it is first filled. */
static void sim_tell_of_page_array(struct page **pages)
{
	struct vm_struct *area;

	if (!is_vmalloc_addr(pages) || !PAGE_ALIGNED(pages))
		return;
	area = find_vm_area(pages);
	if (area && area->addr == pages)
		sim_inner_allocated((unsigned long)pages, get_vm_area_size(area) >> PAGE_SHIFT);
}

unsigned long sim_alloc_pages_bulk(unsigned long count, struct page **pages)
{
	unsigned long done = 0;
	long pfn;

	sim_tell_of_page_array(pages);
	if (!sim_may_allocate())
		return 0;
	while (done < count && (pfn = sim_frame_alloc()) >= 0)
		pages[done++] = pfn_to_page(pfn);
	return done;
}

void __free_page(struct page *page)
{
	sim_frame_free(page_to_pfn(page));
}

/* Objects. */

/* Areas whose deferred free is under way in this task, in its order. */
struct sim_deferred {
	unsigned long *addresses;
	unsigned int count, done;
};

static void sim_deferred_done(struct sim_deferred *deferred)
{
	sim_inner_free_returned(deferred->addresses[deferred->done++]);
	if (deferred->done < deferred->count)
		sim_inner_free_begins(deferred->addresses[deferred->done]);
}

/* The last thing a free of an area does is to free its vm_struct. */
void kfree(const void *object)
{
	struct sim_deferred *deferred = sim_task_local;
	unsigned long address = 0;

	if (!object || object == ZERO_SIZE_PTR)
		return;
	if (sim_kind(object) == SIM_VM_STRUCT)
		address = (unsigned long)((const struct vm_struct *)object)->addr;
	sim_free(object);
	if (deferred && deferred->done < deferred->count &&
	    deferred->addresses[deferred->done] == address)
		sim_deferred_done(deferred);
}

void kvfree(const void *object)
{
	if (!is_vmalloc_addr(object)) {
		kfree(object);
		return;
	}
	sim_inner_free_begins((unsigned long)object);
	vfree(object);
	sim_inner_free_returned((unsigned long)object);
}

struct kmem_cache *sim_cache_create(unsigned int size)
{
	struct kmem_cache *cache = sim_alloc(sizeof(*cache), SIM_OTHER);

	cache->size = size;
	return cache;
}

void *kmem_cache_alloc_lru(struct kmem_cache *cache, struct list_lru *lru, gfp_t flags)
{
	struct xa_node *node = sim_kmalloc(sizeof(*node), flags | __GFP_ZERO, SIM_OTHER);

	if (node)
		INIT_LIST_HEAD(&node->private_list);
	return node;
}

/* The callback is the function below, the only one there is. */
void call_rcu(struct rcu_head *head, void (*function)(struct rcu_head *head))
{
	sim_call_rcu(container_of(head, struct xa_node, rcu_head));
}

void radix_tree_node_rcu_free(struct rcu_head *head)
{
	sim_free(container_of(head, struct xa_node, rcu_head));
}

/* Work. */

static void sim_run_work(void *pointer)
{
	struct work_struct *work = pointer;

	if (work == &drain_vmap_work)
		sim_trace("drain_vmap_area_work");
	sim_work_begins(&work->sim);
	work->func(work);
	sim_work_ends(&work->sim);
}

/* The work takes off its list what vfree_atomic() has put off. */
SIM_UNSEEN static struct llist_node *sim_taken_off(struct llist_node *first)
{
	struct sim_deferred *deferred = sim_task_local;
	struct llist_node *node;
	unsigned int count = 0;

	if (!deferred)
		return first;
	for (node = first; node; node = node->next)
		count++;
	deferred->addresses = sim_scratch(count * sizeof(unsigned long));
	for (node = first; node; node = node->next)
		deferred->addresses[deferred->count++] = (unsigned long)node;
	if (count > 0)
		sim_inner_free_begins(deferred->addresses[0]);
	return first;
}

static void sim_run_vfree_work(void *pointer)
{
	struct sim_deferred deferred = { .count = 0 };

	sim_task_local = &deferred;
	sim_run_work(pointer);
	while (deferred.done < deferred.count)
		sim_deferred_done(&deferred);
	sim_task_local = NULL;
}

bool sim_schedule_work(struct work_struct *work)
{
	bool is_vfree = work == &raw_cpu_ptr(&vfree_deferred)->wq;

	if (!is_vfree && work != &drain_vmap_work && !sim_interleaved)
		return sim_schedule_work_on(sim_cpu, work, NULL);
	return sim_queue_work(&work->sim, work, work->name, sim_cpu,
			      is_vfree ? sim_run_vfree_work : sim_run_work);
}

bool sim_schedule_work_on(unsigned int cpu, struct work_struct *work, const struct sim_site *site)
{
	unsigned int caller = sim_cpu;

	if (sim_interleaved) {
		sim_point(site, work);
		return sim_queue_work(&work->sim, work, work->name, cpu, sim_run_work);
	}
	sim_cpu = cpu;
	work->func(work);
	sim_cpu = caller;
	return true;
}

/* The queue whose free list a node is on or begins must be locked when that list is changed. */
SIM_UNSEEN static void sim_check_free_list(const struct list_head *node, const char *does)
{
	const struct list_head *at = node;
	int cpu;

	if (!sim_interleaved)
		return;
	do {
		for_each_possible_cpu(cpu) {
			struct vmap_block_queue *vbq = &per_cpu(vmap_block_queue, cpu);

			if (at == &vbq->free && !sim_holds(&vbq->lock.sim))
				sim_complain_of_list("a block %s cpu%d's free list without "
						     "that list's lock", does, cpu);
		}
		at = at->next;
	} while (at != node);
}

/* The purge notifier: owners of vmaps that give them up. */

static SIM_OWN unsigned long sim_notified[1 << 9];
static SIM_OWN unsigned int sim_notified_count;

static void sim_add_notifier(unsigned long address)
{
	sim_note_write(SIM_NOTIFIER);
	if (sim_notified_count < ARRAY_SIZE(sim_notified))
		sim_notified[sim_notified_count++] = address;
}

/* An owner unmaps its area itself. */
static void sim_forget_notifier(unsigned long address)
{
	unsigned int i, kept = 0;

	sim_note_read(SIM_NOTIFIER);
	for (i = 0; i < sim_notified_count; i++)
		if (sim_notified[i] != address)
			sim_notified[kept++] = sim_notified[i];
	if (kept < sim_notified_count)
		sim_note_write(SIM_NOTIFIER);
	sim_notified_count = kept;
}

/* An area that its owner gives up, which from then on does not unmap it; 0 for none. */
static unsigned long sim_next_notified(void)
{
	unsigned long address = sim_notified[0];

	sim_note_write(SIM_NOTIFIER);
	if (sim_notified_count == 0)
		return 0;
	memmove(sim_notified, sim_notified + 1, --sim_notified_count * sizeof(sim_notified[0]));
	sim_inner_free_begins(address);
	return address;
}

static int sim_notifier_call(struct notifier_block *block, unsigned long action, void *data)
{
	unsigned long *freed = data, address;

	while ((address = sim_next_notified())) {
		struct vm_struct *area = find_vm_area((void *)address);

		sim_trace("vmap_notify_list");
		if (!area)
			continue;
		*freed += area->size >> PAGE_SHIFT;
		vunmap((void *)address);
		sim_inner_free_returned(address);
	}
	return NOTIFY_OK;
}

static struct notifier_block sim_notifier = { .notifier_call = sim_notifier_call };

#include "calls.h"
#include "inspect.h"

void kernel_init(void)
{
	sim_trace_known("flush_tlb_kernel_range");
	sim_trace_known("new_vmap_block");
	sim_trace_known("drain_vmap_area_work");
#ifdef SIM_HAS_NODES
	sim_trace_known("purge_vmap_area_lazy");
	sim_trace_known("alloc_vmap_area: overflow");
#endif
	vmalloc_init();
#ifdef SIM_HAS_NODES
	if (nr_vmap_nodes > 1)
		vmap_zone_size = sim_machine.zone_size;
#endif
	register_vmap_purge_notifier(&sim_notifier);
}
