/* SPDX-License-Identifier: GPL-2.0-only */
/* The calls of the port, made to the kernel's functions. Included after vmalloc.c. */

/* The areas that callers hold pointers to, by address, the latest one for each. */
struct held {
	unsigned long address;
	struct vm_struct *area;
	struct vm_struct **areas;
	int count;
	struct held *next;
};
static SIM_OWN struct held *sim_held;

static struct held *sim_held_at(unsigned long address)
{
	struct held *held = sim_held;

	while (held && held->address != address)
		held = held->next;
	return held;
}

static void sim_hold(unsigned long address, struct vm_struct *area, struct vm_struct **areas,
		     int count)
{
	struct held *held = sim_held_at(address);

	if (!held) {
		held = sim_own_alloc(sizeof(*held));
		held->next = sim_held;
		sim_held = held;
	}
	held->address = address;
	held->area = area;
	held->areas = areas;
	held->count = count;
}

/* The pages that a caller brings, from operand `first` on. */
static struct page **sim_caller_pages(struct operands operands, unsigned long first)
{
	struct page **pages = sim_scratch(operands.count * sizeof(*pages));
	unsigned long i;

	for (i = first; i < operands.count; i++)
		pages[i - first] = pfn_to_page((unsigned long)operands.numbers[i]);
	return pages;
}

static enum result sim_address(const void *address, unsigned long *value)
{
	*value = (unsigned long)address;
	return address ? RESULT_ADDRESS : RESULT_FAILED;
}

static enum result sim_vmalloc(struct operands operands, unsigned long *value)
{
	unsigned long size = (unsigned long)operands.numbers[0] << PAGE_SHIFT;
	unsigned long align = (unsigned long)operands.numbers[1] << PAGE_SHIFT;
	bool modules = operands.numbers[2] != 0;
	unsigned long flags = operands.numbers[3] != 0 ? VM_FLUSH_RESET_PERMS : 0;

	return sim_address(__vmalloc_node_range(size, align,
						modules ? MODULES_VADDR : VMALLOC_START,
						modules ? MODULES_END : VMALLOC_END,
						GFP_KERNEL, PAGE_KERNEL, flags, NUMA_NO_NODE,
						NULL), value);
}

static enum result sim_get_vm_area(unsigned long pages, unsigned long *value)
{
	struct vm_struct *area = get_vm_area(pages << PAGE_SHIFT, VM_ALLOC);

	if (!area)
		return RESULT_FAILED;
	sim_hold((unsigned long)area->addr, area, NULL, 0);
	return sim_address(area->addr, value);
}

/* What an architecture's ioremap() does: the frames follow each other. */
static enum result sim_ioremap(struct operands operands, unsigned long *value)
{
	unsigned long size = (unsigned long)operands.numbers[0] << PAGE_SHIFT;
	phys_addr_t phys = operands.count > 1 ? (phys_addr_t)operands.numbers[1] << PAGE_SHIFT : 0;
	struct vm_struct *area = get_vm_area_caller(size, VM_IOREMAP, NULL);
	unsigned long address;

	if (!area)
		return RESULT_FAILED;
	address = (unsigned long)area->addr;
	if (ioremap_page_range(address, address + size, phys, PAGE_KERNEL)) {
		free_vm_area(area);
		return RESULT_FAILED;
	}
	return sim_address(area->addr, value);
}

/* Operands: the alignment, the number of areas, their offsets, their sizes. */
static enum result sim_pcpu_get_vm_areas(struct operands operands)
{
	unsigned long offsets[64];
	size_t sizes[64];
	int count = operands.numbers[1], i;
	struct vm_struct **areas;

	if (count < 1 || count > (int)ARRAY_SIZE(sizes))
		sim_die(SIM_BUG, "pcpu_get_vm_areas: %d areas", count);
	for (i = 0; i < count; i++) {
		offsets[i] = (unsigned long)operands.numbers[2 + i] << PAGE_SHIFT;
		sizes[i] = (unsigned long)operands.numbers[2 + count + i] << PAGE_SHIFT;
	}
	areas = pcpu_get_vm_areas(offsets, sizes, count,
				  (unsigned long)operands.numbers[0] << PAGE_SHIFT);
	if (!areas)
		return RESULT_FAILED;
	sim_hold((unsigned long)areas[0]->addr, NULL, areas, count);
	reply_list_begins();
	for (i = 0; i < count; i++)
		reply_page((unsigned long)areas[i]->addr);
	reply_list_ends();
	return RESULT_LIST;
}

static enum result sim_free_vm_area(unsigned long address)
{
	struct held *held = sim_held_at(address);

	free_vm_area(held ? held->area : NULL);
	return RESULT_NOTHING;
}

static enum result sim_pcpu_free_vm_areas(unsigned long address)
{
	struct held *held = sim_held_at(address);

	pcpu_free_vm_areas(held ? held->areas : NULL, held ? held->count : 1);
	return RESULT_NOTHING;
}

/* Reads pages, and replies with the first word of each, which is the number of its frame. */
static enum result sim_vread(unsigned long address, unsigned long pages)
{
	unsigned long size = pages << PAGE_SHIFT, page;
	char *buffer = sim_scratch(size);
	long done;
#ifdef SIM_HAS_VREAD_ITER
	struct iov_iter iter = { .to = buffer };

	done = vread_iter(&iter, (const char *)address, size);
#else
	done = vread(buffer, (char *)address, size);
#endif
	reply_list_begins();
	for (page = 0; (long)(page << PAGE_SHIFT) < done; page++)
		reply_number(*(unsigned long *)(buffer + (page << PAGE_SHIFT)));
	reply_list_ends();
	return RESULT_LIST;
}

/*
 * What set_memory_ro() does to the direct map of a module's text, on x86: vm_unmap_aliases()
 * first, then each page, then one flush for each run of pages, unless nothing changed. The frames
 * are told in ascending order.
 */
static void sim_set_memory_ro(unsigned long address)
{
	struct vm_struct *area = find_vm_area((void *)address);
	unsigned int count = area ? area->nr_pages : 0, i, j;
	unsigned long *pfns = sim_scratch(count * sizeof(*pfns));
	bool changed = false;

	for (i = 0; i < count; i++) {
		unsigned long pfn = page_to_pfn(area->pages[i]);

		for (j = i; j > 0 && pfns[j - 1] > pfn; j--)
			pfns[j] = pfns[j - 1];
		pfns[j] = pfn;
	}
	vm_unmap_aliases();
	for (i = 0; i < count; i++)
		changed |= sim_direct_map(pfns[i], SIM_PERM_READ_ONLY);
	for (i = 0; changed && i < count; i = j) {
		unsigned long start = SIM_DIRECT_MAP + (pfns[i] << PAGE_SHIFT);

		for (j = i + 1; j < count && pfns[j] == pfns[j - 1] + 1; j++)
			;
		flush_tlb_kernel_range(start, start + ((unsigned long)(j - i) << PAGE_SHIFT));
	}
}

static enum result sim_find_vm_area(unsigned long address, unsigned long *value)
{
	struct vm_struct *area = find_vm_area((void *)address);

	return sim_address(area ? area->addr : NULL, value);
}

static enum result sim_vmalloc_to_page(unsigned long address, unsigned long *value)
{
	struct page *page = vmalloc_to_page((void *)address);

	*value = page ? page_to_pfn(page) : ULONG_MAX;
	return RESULT_NUMBER;
}

/* Calls of which the first operand is the address of an area. */
static enum result sim_call_at(enum call call, unsigned long address, struct operands operands,
			       unsigned long *value)
{
	void *pointer = (void *)address;

	switch (call) {
	case CALL_VFREE:
		vfree(pointer);
		return RESULT_NOTHING;
	case CALL_VFREE_ATOMIC:
		vfree_atomic(pointer);
		return RESULT_NOTHING;
	case CALL_VUNMAP:
		sim_forget_notifier(address);
		vunmap(pointer);
		return RESULT_NOTHING;
	case CALL_FREE_VM_AREA:
		return sim_free_vm_area(address);
	case CALL_PCPU_FREE_VM_AREAS:
		return sim_pcpu_free_vm_areas(address);
	case CALL_VM_UNMAP_RAM:
		vm_unmap_ram(pointer, operands.numbers[1]);
		return RESULT_NOTHING;
	case CALL_SET_MEMORY_RO:
		sim_set_memory_ro(address);
		return RESULT_NOTHING;
	case CALL_VREAD:
		return sim_vread(address, operands.numbers[1]);
	case CALL_VMALLOC_TO_PAGE:
		return sim_vmalloc_to_page(address, value);
	case CALL_FIND_VM_AREA:
		return sim_find_vm_area(address, value);
	case CALL_REGISTER_VMAP_PURGE_NOTIFIER:
		sim_add_notifier(address);
		return RESULT_NOTHING;
	default:
		sim_die(SIM_BUG, "there is no call %d", call);
	}
}

enum result kernel_call(enum call call, struct operands operands, unsigned long *value)
{
	unsigned long first = operands.count > 0 ? operands.numbers[0] : 0;
	struct page **pages;

	switch (call) {
	case CALL_VMALLOC:
		return sim_vmalloc(operands, value);
	case CALL_VMAP:
		pages = sim_caller_pages(operands, 1);
		return sim_address(vmap(pages, first, 0, PAGE_KERNEL), value);
	case CALL_VM_MAP_RAM:
		pages = sim_caller_pages(operands, 1);
		return sim_address(vm_map_ram(pages, first, NUMA_NO_NODE), value);
	case CALL_GET_VM_AREA:
		return sim_get_vm_area(first, value);
	case CALL_IOREMAP:
		return sim_ioremap(operands, value);
	case CALL_PCPU_GET_VM_AREAS:
		return sim_pcpu_get_vm_areas(operands);
	case CALL_VM_UNMAP_ALIASES:
		vm_unmap_aliases();
		return RESULT_NOTHING;
	case CALL_MIGRATE:
		sim_cpu = first;
		return RESULT_NOTHING;
	case CALL_RUN_WORK:
		run_pending_work();
		return RESULT_NOTHING;
	case CALL_SHRINK:
		if (sim_shrinker.scan_objects)
			sim_shrinker.scan_objects(&sim_shrinker, NULL);
		return RESULT_NOTHING;
	case CALL_FAIL_ALLOC:
		fail_nth_allocation(first);
		return RESULT_NOTHING;
	case CALL_NOTHING:
		return RESULT_NOTHING;
	default:
		return sim_call_at(call, address_of(operands.numbers[0]), operands, value);
	}
}
