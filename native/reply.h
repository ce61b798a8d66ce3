/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel side answers with: numbers, and lists of numbers that begin with their length. */
#ifndef SIM_REPLY_H
#define SIM_REPLY_H

void reply_number(double number);
/* A virtual page number. */
void reply_page(unsigned long address);
void reply_list_begins(void);
void reply_list_ends(void);

/* The calls of the port; the numbers are part of the protocol. */
enum call {
	CALL_VMALLOC,
	CALL_VMAP,
	CALL_VM_MAP_RAM,
	CALL_GET_VM_AREA,
	CALL_IOREMAP,
	CALL_PCPU_GET_VM_AREAS,
	CALL_VFREE,
	CALL_VFREE_ATOMIC,
	CALL_VUNMAP,
	CALL_FREE_VM_AREA,
	CALL_PCPU_FREE_VM_AREAS,
	CALL_VM_UNMAP_RAM,
	CALL_VM_UNMAP_ALIASES,
	CALL_SET_MEMORY_RO,
	CALL_VREAD,
	CALL_VMALLOC_TO_PAGE,
	CALL_FIND_VM_AREA,
	CALL_MIGRATE,
	CALL_RUN_WORK,
	CALL_SHRINK,
	CALL_FAIL_ALLOC,
	CALL_REGISTER_VMAP_PURGE_NOTIFIER,
	/* No call: only what is asked for besides. */
	CALL_NOTHING,
};

/* A call's operands, in the order of the port; addresses are made of pages by address_of(). */
struct operands {
	const double *numbers;
	unsigned long count;
};
unsigned long address_of(double page);

enum result { RESULT_NOTHING, RESULT_ADDRESS, RESULT_NUMBER, RESULT_LIST, RESULT_FAILED };

/* The kernel side, kernel/. */
void kernel_init(void);
/*
 * Makes a call. RESULT_ADDRESS and RESULT_NUMBER: *value is the result. RESULT_LIST: the values
 * have been replied as one list.
 */
enum result kernel_call(enum call call, struct operands operands, unsigned long *value);
/* Replies with the kernel's bookkeeping, list by list; see src/subject/native/state.ts. */
void kernel_inspect(void);

/* The machine side, for kernel/. */
void run_pending_work(void);
void fail_nth_allocation(unsigned long nth);

#endif
