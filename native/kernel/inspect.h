/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads the kernel's own bookkeeping, without taking its locks. Included after vmalloc.c, whose
 * static variables these are. The lists and their order are those of src/subject/native/state.ts.
 */

static void sim_reply_areas(struct list_head *head, bool with_vm)
{
	struct vmap_area *va;

	list_for_each_entry(va, head, list) {
		reply_page(va->va_start);
		reply_page(va->va_end);
		if (with_vm)
			reply_number(va->vm != NULL);
	}
}

static void sim_reply_busy_and_lazy(void)
{
#ifdef SIM_HAS_NODES
	int n;

	reply_list_begins();
	for (n = 0; n < nr_vmap_nodes; n++)
		sim_reply_areas(&vmap_nodes[n].busy.head, true);
	reply_list_ends();
	reply_list_begins();
	for (n = 0; n < nr_vmap_nodes; n++)
		sim_reply_areas(&vmap_nodes[n].lazy.head, false);
	reply_list_ends();
#else
	reply_list_begins();
	sim_reply_areas(&vmap_area_list, true);
	reply_list_ends();
	reply_list_begins();
	sim_reply_areas(&purge_vmap_area_list, false);
	reply_list_ends();
#endif
}

/* The pooled ranges, and then of every pool that is not empty its node, pages, len and areas. */
static void sim_reply_pools(void)
{
#ifdef SIM_HAS_NODES
	int n, i;

	reply_list_begins();
	for (n = 0; n < nr_vmap_nodes; n++)
		for (i = 0; i < MAX_VA_SIZE_PAGES; i++)
			sim_reply_areas(&vmap_nodes[n].pool[i].head, false);
	reply_list_ends();
	reply_list_begins();
	for (n = 0; n < nr_vmap_nodes; n++) {
		for (i = 0; i < MAX_VA_SIZE_PAGES; i++) {
			struct vmap_pool *pool = &vmap_nodes[n].pool[i];
			struct vmap_area *va;
			int areas = 0;

			list_for_each_entry(va, &pool->head, list)
				areas++;
			if (!areas && !pool->len)
				continue;
			reply_number(n);
			reply_number(i + 1);
			reply_number(pool->len);
			reply_number(areas);
		}
	}
	reply_list_ends();
#else
	reply_list_begins();
	reply_list_ends();
	reply_list_begins();
	reply_list_ends();
#endif
}

/* The CPU whose free list a block is on, -1 for none. */
static int sim_queue_of(const struct vmap_block *block)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct vmap_block *vb;

		list_for_each_entry(vb, &per_cpu(vmap_block_queue, cpu).free, free_list)
			if (vb == block)
				return cpu;
	}
	return -1;
}

static void sim_reply_block(const struct vmap_block *vb)
{
	int queue = sim_queue_of(vb);

	reply_page(vb->va->va_start);
	reply_number(vb->free);
	reply_number(vb->dirty);
	reply_number(vb->dirty_min);
	reply_number(vb->dirty_max);
#ifdef SIM_HAS_BLOCK_CPU
	reply_number(vb->cpu);
#else
	/* The block does not say: it is taken to be where it should be, if it is anywhere. */
	reply_number(queue);
#endif
	reply_number(queue);
}

static void sim_reply_index(struct xarray *index)
{
	struct vmap_block *vb;
	unsigned long at;

	xa_for_each(index, at, vb)
		sim_reply_block(vb);
}

static void sim_reply_blocks(void)
{
	reply_list_begins();
#ifdef SIM_HAS_INDEX_PER_CPU
	int cpu;

	for_each_possible_cpu(cpu)
		sim_reply_index(&per_cpu(vmap_block_queue, cpu).vmap_blocks);
#else
	sim_reply_index(&vmap_blocks);
#endif
	reply_list_ends();
}

void kernel_inspect(void)
{
	int cpu, spare = 0;

	sim_reply_busy_and_lazy();
	reply_list_begins();
	sim_reply_areas(&free_vmap_area_list, false);
	reply_list_ends();
	sim_reply_pools();
	sim_reply_blocks();
	for_each_possible_cpu(cpu)
		spare += per_cpu(ne_fit_preload_node, cpu) != NULL;
	reply_number(atomic_long_read(&vmap_lazy_nr));
	reply_number(spare);
}
