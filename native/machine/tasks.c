// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks: each has a stack of its own and is left at its scheduling points, where whoever drives the
 * machine chooses who goes on.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>

#include "task.h"

/* As much as a kernel has, several times over; the lowest page of each must not be touched. */
#define STACK (1UL << 17)
#define GUARD (1UL << SIM_PAGE_SHIFT)

static struct task alone = { .number = MAX_TASKS + 1 };
struct task *running = &alone;
struct task tasks[MAX_TASKS];
unsigned int task_count;
bool sim_interleaved;
void *sim_task_local;
bool every_access;

static char *stacks;
static void *driver;

#ifdef __x86_64__

/* Leaves a stack for another: saves where the one stands in *from. */
void switch_stacks(void **from, void *to);
__asm__(".text\n"
	".globl switch_stacks\n"
	".type switch_stacks, @function\n"
	"switch_stacks:\n"
	"	push %rbp\n	push %rbx\n	push %r12\n"
	"	push %r13\n	push %r14\n	push %r15\n"
	"	mov %rsp, (%rdi)\n"
	"	mov %rsi, %rsp\n"
	"	pop %r15\n	pop %r14\n	pop %r13\n"
	"	pop %r12\n	pop %rbx\n	pop %rbp\n"
	"	ret\n"
	".size switch_stacks, . - switch_stacks\n");

static void *new_stack(unsigned int index, void (*entry)(void))
{
	void **top = (void **)(stacks + (index + 1) * STACK);

	/* The function is entered as if it had been called: 8 bytes off a multiple of 16. */
	*--top = NULL;
	*--top = (void *)entry;
	top -= 6;
	memset(top, 0, 6 * sizeof(*top));
	return top;
}

#else
#include <ucontext.h>

static ucontext_t contexts[MAX_TASKS], driver_context;

static ucontext_t *context_of(void **at)
{
	return at == &driver ? &driver_context : *at;
}

static void switch_stacks(void **from, void *to)
{
	void *target = to ? to : &driver_context;

	if (from != &driver)
		*from = &contexts[running - tasks];
	swapcontext(context_of(from), context_of(&target));
}

static void *new_stack(unsigned int index, void (*entry)(void))
{
	ucontext_t *context = &contexts[index];

	getcontext(context);
	context->uc_stack.ss_sp = stacks + index * STACK;
	context->uc_stack.ss_size = STACK;
	context->uc_link = NULL;
	makecontext(context, entry, 0);
	return context;
}

#endif

void tasks_setup(void)
{
	unsigned int i;

	stacks = reserve(MAX_TASKS * STACK);
	for (i = 0; i < MAX_TASKS; i++)
		mprotect(stacks + i * STACK, GUARD, PROT_NONE);
}

bool below_stack(unsigned long address)
{
	unsigned long offset = address - (unsigned long)stacks;

	return offset < MAX_TASKS * STACK && offset % STACK < GUARD;
}

/* Whether an address is on the stack of the running task, and where on those of others. */
bool on_own_stack(unsigned long address)
{
	unsigned long offset = address - (unsigned long)stacks;

	return offset < MAX_TASKS * STACK && offset / STACK == running->number - 1;
}

bool on_other_stack(unsigned long address)
{
	unsigned long offset = address - (unsigned long)stacks;

	return offset < MAX_TASKS * STACK && offset / STACK != running->number - 1;
}

/* What a task does; it is left for good at the end. */
static void task_body(void)
{
	struct task *task = running;
	unsigned long value = 0;
	enum result result = RESULT_NOTHING;

	if (task->work.run)
		task->work.run(task->work.work);
	else
		result = kernel_call(task->call, task->operands, &value);
	task->status = result;
	task->value = result == RESULT_ADDRESS ? page_of(value) : (double)(long)value;
	task->busy = false;
	switch_stacks(&task->stack_pointer, driver);
}

struct task *spawn(unsigned int cpu)
{
	struct task *task = &tasks[task_count];

	if (task_count == MAX_TASKS)
		sim_die(SIM_BUG, "the simulator knows %d tasks and workers", MAX_TASKS);
	task->number = ++task_count;
	task->cpu = cpu;
	return task;
}

static void begin(struct task *task)
{
	task->busy = true;
	task->site = NULL;
	task->warning = NULL;
	task->local = NULL;
	task->next_page = 0;
	task->found_nothing = false;
	if (!task->values.data) {
		task->values.limit = 1UL << 20;
		task->values.data = sim_own_alloc(task->values.limit * sizeof(double));
	}
	task->values.count = 0;
	task->stack_pointer = new_stack(task - tasks, task_body);
}

void begin_call(struct task *task, enum call call, struct operands operands)
{
	task->call = call;
	task->operands = operands;
	begin(task);
}

void begin_work(struct task *task, struct pending work)
{
	task->work = work;
	begin(task);
}

bool step(struct task *task)
{
	struct task *caller = running;
	bool died = false;

	running = task;
	sim_cpu = task->cpu;
	sim_task_local = task->local;
	warning = task->warning;
	replying = &task->values;
	events->count = 0;
	end_event();
	footprint_clear();
	if (setjmp(death->to)) {
		died = true;
		task->busy = false;
	} else {
		watch_call(true);
		sim_interleaved = true;
		switch_stacks(&driver, task->stack_pointer);
	}
	sim_interleaved = false;
	watch_call(false);
	task->cpu = sim_cpu;
	task->local = sim_task_local;
	task->warning = warning;
	running = caller;
	return !died;
}

void sim_point(const struct sim_site *site, const void *object)
{
	if (!sim_interleaved || on_own_stack((unsigned long)object))
		return;
	running->site = site;
	running->object = object;
	running->next_page = 0;
	running->found_nothing = false;
	switch_stacks(&running->stack_pointer, driver);
}

void sim_look(const struct sim_site *site, const void *object)
{
	if (!running->found_nothing || running->site != site)
		sim_point(site, object);
}

bool sim_looked(const struct sim_site *site, bool nothing)
{
	running->found_nothing = nothing && running->site == site;
	return nothing;
}

void page_point(const struct sim_site *site, unsigned long address)
{
	if (running->site != site || running->next_page != address)
		sim_point(site, (void *)address);
	running->next_page = address + (1UL << SIM_PAGE_SHIFT);
}

/* Whether its CPU is free for it: no other task there is in atomic context. */
bool may_run(const struct task *task)
{
	unsigned int i;

	for (i = 0; i < task_count; i++)
		if (tasks[i].atomic_depth > 0 && tasks[i].cpu == task->cpu && &tasks[i] != task)
			return false;
	return true;
}

/* Work that is queued anew while it runs begins when it has ended. */
static bool waits_for_itself(const struct task *task)
{
	unsigned int i;

	for (i = 0; i < task_count; i++)
		if (tasks[i].busy && tasks[i].site && tasks[i].work.work == task->work.work)
			return true;
	return false;
}

bool can_step(const struct task *task)
{
	if (!task->busy || !may_run(task))
		return false;
	if (!task->site)
		return !task->work.work || !waits_for_itself(task);
	if (task->site->kind == SIM_POINT_LOCK)
		return is_free_for(task->object, task);
	if (task->site->kind == SIM_POINT_BLOCKED)
		return ((const struct sim_work *)task->object)->busy == 0;
	return true;
}

void sim_wait_for_work(const struct sim_work *work, const struct sim_site *site)
{
	if (!sim_interleaved)
		return;
	do
		sim_point(site, work);
	while (work->busy);
	note_memory(work, sizeof(*work), false);
}
