// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs tasks: takes the steps that are asked for and then goes on by itself, as an explorer would
 * that does not switch, so that one message does for a whole interleaving. What is answered is a
 * record of each step. See src/subject/native/run-message.ts.
 */
#include <string.h>

#include "run.h"

/* What the running step began with; see StepRecord in run-message.ts. */
struct before { unsigned int cpu; bool atomic, begins; };

#define NAMED_BITS 16

static struct numbers records;
/* Objects that were named, not put back when a machine boots again. */
static struct { const void *object; unsigned long place; } *named;
static unsigned long *named_count;
/* The calls that a task is expected to make, from the current message. */
static struct expected { const double *at; size_t count; } expected[MAX_TASKS];
static bool died, footprints_asked;

extern const struct sim_site __start_sim_sites[], __stop_sim_sites[];

void run_setup(void)
{
	set_up_numbers(&records);
	named = reserve(sizeof(*named) << NAMED_BITS);
	named_count = reserve(sizeof(*named_count));
}

void tell_sites(void)
{
	const struct sim_site *site;

	records.count = 0;
	put(&records, 0);
	for (site = __start_sim_sites; site < __stop_sim_sites; site++) {
		put(&records, site->kind);
		put_text(&records, site->text);
		put_text(&records, site->function);
	}
	answer(&records);
}

/*
 * What an object is called in footprints: by its place in the order in which objects were first
 * named since the machine was asked for, as addresses differ from one process to the next. Modulo
 * 64 it is none of the first 8, nor of those that enum sim_shared has: see UNNUMBERED in
 * models/kernel/footprint.ts.
 */
static double number_of(const void *object)
{
	unsigned long at = ((unsigned long)object * 0x9e3779b97f4a7c15UL) >> (64 - NAMED_BITS);
	unsigned long place;

	while (named[at].object && named[at].object != object)
		at = (at + 1) & ((1UL << NAMED_BITS) - 1);
	if (!named[at].object) {
		if (*named_count == 1UL << (NAMED_BITS - 1))
			sim_die(SIM_BUG, "the simulator has too many objects to name");
		named[at].object = object;
		named[at].place = (*named_count)++;
	}
	place = named[at].place;
	return 16 + place % 48 + (place / 48) * 64.0;
}

void forget_names(void)
{
	if (*named_count == 0)
		return;
	memset(named, 0, sizeof(*named) << NAMED_BITS);
	*named_count = 0;
}

static void put_set(bool (*has)(const struct task *task))
{
	unsigned long set = 0;
	unsigned int i;

	for (i = 0; i < task_count; i++)
		set |= (unsigned long)has(&tasks[i]) << i;
	put(&records, set);
}

/* Where a task stands: what it has locked, and what it will do next. */
static void put_position(const struct task *task)
{
	const struct sim_site *site = task->busy ? task->site : NULL;
	bool is_known = site >= __start_sim_sites && site < __stop_sim_sites;
	unsigned int i;

	put(&records, site ? (double)site->kind : -1);
	put(&records, is_known ? (double)(site - __start_sim_sites) : -1);
	put(&records, site && !is_known ? (double)(unsigned long)task->access_from : 0);
	if (!site)
		put(&records, 0);
	else if (site->kind <= SIM_POINT_BLOCKED)
		put(&records, number_of(task->object));
	else
		put(&records, (unsigned long)task->object >> 3);
	put(&records, task->held_count);
	for (i = 0; i < task->held_count; i++)
		put(&records, number_of(task->held[i]));
}

/* Work begins as tasks as soon as the step that queued it is over. */
static void put_workers(void)
{
	size_t at = records.count;
	struct pending next;
	unsigned int count = 0;

	put(&records, 0);
	for (; take_work(&next); count++) {
		begin_work(spawn(next.cpu), next);
		put(&records, next.cpu);
		put(&records, number_of(next.state));
		put_text(&records, next.name);
	}
	records.data[at] = count;
}

static void append(const struct numbers *numbers)
{
	put(&records, numbers->count);
	if (numbers->count > records.limit - records.count)
		sim_die(SIM_BUG, "the simulator has too much to tell");
	memcpy(records.data + records.count, numbers->data, numbers->count * sizeof(double));
	records.count += numbers->count;
}

static void put_record(struct task *task, struct before before)
{
	size_t at = records.count, memory;

	put(&records, 0);
	put(&records, task->number - 1);
	put(&records, before.begins);
	put(&records, died ? STATUS_DIED : task->busy ? STATUS_STOPPED : task->status);
	put(&records, died ? death->cause : task->value);
	put(&records, failed_allocations());
	put(&records, before.cpu);
	put(&records, before.atomic + 2 * (task->atomic_depth > 0));
	put(&records, task->cpu);
	put(&records, shared_reads);
	put(&records, shared_writes);
	put_position(task);
	put_text(&records, died ? death->reason : task->warning);
	append(&task->values);
	append(events);
	put_workers();
	memory = records.count;
	put(&records, 0);
	put_memory(&records);
	records.data[memory] = records.count - memory - 1;
	put_set(can_step);
	put_set(may_run);
	records.data[at] = records.count - at - 1;
}

/* Whether the next thing a task is expected to do is to make a call. */
static bool may_begin(const struct task *task)
{
	return !task->busy && expected[task->number - 1].count > 0 && may_run(task);
}

/* A message does not last as long as a call. */
static struct operands kept(const double *at, size_t count)
{
	double *numbers = sim_own_alloc(count * sizeof(*numbers));

	memcpy(numbers, at, count * sizeof(*numbers));
	return (struct operands){ numbers, count };
}

/*
 * Takes a step of a task, which begins a call with it if it is idle and one is expected. Returns
 * false if it can take none, or if that was the last of the machine.
 */
static bool take(unsigned int number, bool is_wanted)
{
	struct task *task = &tasks[number];
	struct expected *next = &expected[number];
	struct before before = { task->cpu, task->atomic_depth > 0, false };
	size_t keep = records.count;

	if (!task->busy && next->count > 0) {
		size_t count = next->at[0];

		begin_call(task, (enum call)next->at[1], kept(next->at + 2, count - 1));
		next->at += count + 1;
		next->count--;
		before.begins = true;
	}
	if (!task->busy)
		return false;
	footprint_wanted = is_wanted && footprints_asked;
	died = !step(task);
	if (is_wanted) {
		put_record(task, before);
	} else {
		put_workers();
		records.count = keep;
	}
	return !died;
}

/* The task that goes on: the one that did last if it can, else the first; -1: none can. */
static int choose(int last)
{
	unsigned int i;

	if (last >= 0 && (can_step(&tasks[last]) || may_begin(&tasks[last])))
		return last;
	for (i = 0; i < task_count; i++)
		if (can_step(&tasks[i]) || may_begin(&tasks[i]))
			return i;
	return -1;
}

static bool all_idle(void)
{
	unsigned int i;

	for (i = 0; i < task_count; i++)
		if (tasks[i].busy || expected[i].count > 0)
			return false;
	return true;
}

static void read_expected(const double *at)
{
	unsigned int i;

	for (i = 0; i < MAX_TASKS; i++)
		expected[i].count = 0;
	for (i = *at++; i > 0; i--) {
		struct expected *of_task = &expected[(int)*at++];
		size_t calls = *at++;

		of_task->count = calls;
		of_task->at = at;
		for (; calls > 0; calls--)
			at += (size_t)at[0] + 1;
	}
}

/* Boots, and has as many idle tasks as CPUs are named. */
static const double *restart(const double *at)
{
	unsigned int count = *at++;

	boot();
	died = false;
	while (count-- > 0)
		spawn(*at++);
	return at;
}

/* What is asked for: see runMessage() in run-message.ts. */
void run(const double *at)
{
	bool restarts = at[0] != 0, state = at[3] != 0, goes_on = true;
	const double *flags = at;
	double horizon = at[4];
	size_t known, steps;
	int last = -1;

	at += 5;
	if (restarts)
		at = restart(at);
	footprints_asked = flags[1] != 0;
	every_access = flags[2] != 0;
	known = *at++;
	steps = *at++;
	records.count = 0;
	put(&records, 0);
	put(&records, 0);
	read_expected(at + steps);
	for (; goes_on && steps > 0; steps--, known -= known > 0) {
		last = *at++;
		goes_on = take(last, known == 0);
	}
	for (; goes_on && horizon > 0 && (last = choose(last)) >= 0; horizon--)
		goes_on = take(last, true);
	records.data[1] = records.count - 2;
	if (!died && (state || all_idle()))
		put_state(&records);
	answer(&records);
}
