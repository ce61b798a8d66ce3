// SPDX-License-Identifier: GPL-2.0-only
/*
 * Serves a machine: reads requests from standard input and writes replies to standard output, all
 * of them 64-bit floating-point numbers, the first of which says how many follow. See
 * src/subject/native/wire.ts.
 *
 * Booting puts every variable of this program back to what it was when the program began, but for
 * the memory it has mapped.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "run.h"

enum request { REQUEST_BOOT, REQUEST_CALL, REQUEST_TRACEPOINTS, REQUEST_RUN, REQUEST_SITES };

SIM_OWN struct sim_machine sim_machine;
SIM_OWN unsigned int sim_cpu;

static struct numbers request, the_machine, reply_values, reply_state, reply_head;
static bool dead;

/* Booting. */

extern char __data_start[], _end[];
static char *snapshot;

/* In units of 256 GiB: the largest vmalloc space, which must be a power of two. */
#define SPACE_UNITS 128UL

static void set_cpus(unsigned long *mask, const double **at)
{
	unsigned long count = *(*at)++;

	memset(mask, 0, sizeof(sim_machine.possible_cpus));
	while (count-- > 0) {
		unsigned int cpu = *(*at)++;

		mask[cpu / 64] |= 1UL << cpu % 64;
		if (cpu >= sim_machine.nr_cpu_ids)
			sim_machine.nr_cpu_ids = cpu + 1;
	}
}

static unsigned long odd_part(unsigned long number)
{
	return number >> __builtin_ctzl(number);
}

static unsigned long common_multiple(unsigned long a, unsigned long b)
{
	unsigned long multiple = a;

	while (multiple % b)
		multiple += a;
	return multiple;
}

/*
 * VMALLOC_START is a multiple of all zones together, and of as many blocks as there are CPU ids, so
 * that nodes and indexes are those of the page number. If that would be too far up, the indexes of
 * blocks are others. It is above the size of the largest vmalloc space: as in a kernel, whatever is
 * asked for would fit into the free area below, and the search for a place is not led astray.
 */
static void place_ranges(unsigned long vmalloc_pages, unsigned long modules_pages)
{
	unsigned long odd = odd_part(sim_machine.vmap_nodes);
	unsigned long all = common_multiple(odd, odd_part(sim_machine.nr_cpu_ids));
	unsigned long unit = all < SPACE_UNITS ? all : odd;
	unsigned long start = (SPACE_UNITS / unit + 1) * unit << 38;

	sim_machine.vmalloc_start = start;
	sim_machine.vmalloc_end = start + (vmalloc_pages << SIM_PAGE_SHIFT);
	sim_machine.modules_start = start + (1UL << 46);
	sim_machine.modules_end = sim_machine.modules_start + (modules_pages << SIM_PAGE_SHIFT);
}

static void set_machine(const double *at)
{
	double vmalloc_pages = at[0], modules_pages = at[1];

	sim_machine.ram_pages = at[2];
	direct_map_vpn = at[3];
	sim_machine.lazy_max_pages = at[4];
	sim_machine.vmap_nodes = at[5];
	sim_machine.zone_size = (unsigned long)at[6] << SIM_PAGE_SHIFT;
	at += 7;
	set_cpus(sim_machine.possible_cpus, &at);
	set_cpus(sim_machine.online_cpus, &at);
	for (sim_cpu = 0; !(sim_machine.online_cpus[sim_cpu / 64] >> sim_cpu % 64 & 1);)
		sim_cpu++;
	place_ranges(vmalloc_pages, modules_pages);
}

void boot(void)
{
	pages_reset();
	memory_forget();
	footprint_clear();
	memcpy(__data_start, snapshot, _end - __data_start);
	set_machine(the_machine.data);
	memory_reset();
	if (setjmp(death->to)) {
		dead = true;
		return;
	}
	watch_call(true);
	kernel_init();
	watch_call(false);
	events->count = 0;
}

/* Calls. */

void put_state(struct numbers *numbers)
{
	enum sim_kind kind;

	replying = numbers;
	kernel_inspect();
	for (kind = SIM_VMAP_AREA; kind < SIM_KINDS; kind++)
		put(numbers, live_objects(kind));
	put(numbers, pending_work());
}

static void send(struct iovec *parts, int count)
{
	while (count > 0) {
		ssize_t done = writev(STDOUT_FILENO, parts, count);

		if (done < 0)
			exit(1);
		for (; count > 0 && (size_t)done >= parts->iov_len; parts++, count--)
			done -= parts->iov_len;
		if (count > 0) {
			parts->iov_base = (char *)parts->iov_base + done;
			parts->iov_len -= done;
		}
	}
}

static struct iovec whole(const struct numbers *numbers)
{
	return (struct iovec){ numbers->data, numbers->count * sizeof(double) };
}

static void reply(int status, double value)
{
	struct iovec parts[4];

	reply_head.count = 0;
	put(&reply_head, 0);
	put(&reply_head, status);
	put(&reply_head, value);
	put_text(&reply_head, status == STATUS_DIED ? death->reason : warning);
	put(&reply_head, failed_allocations());
	put(&reply_head, events->count);
	reply_head.data[0] = reply_head.count - 1 + events->count + reply_values.count +
			     reply_state.count;
	parts[0] = whole(&reply_head);
	parts[1] = whole(events);
	parts[2] = whole(&reply_values);
	parts[3] = whole(&reply_state);
	send(parts, 4);
}

/* Operands: the call, whether the bookkeeping is asked for as well, and the call's own. */
static void call(const double *at, size_t count)
{
	struct operands operands = { at + 2, count - 2 };
	unsigned long value = 0;
	enum result result;

	events->count = reply_values.count = reply_state.count = 0;
	end_event();
	warning = NULL;
	scratch_reset();
	if (setjmp(death->to)) {
		dead = true;
		reply_values.count = reply_state.count = 0;
	}
	if (dead) {
		watch_call(false);
		reply(STATUS_DIED, death->cause);
		return;
	}
	watch_call(true);
	replying = &reply_values;
	result = kernel_call((enum call)at[0], operands, &value);
	if (at[1] != 0)
		put_state(&reply_state);
	watch_call(false);
	reply(result, result == RESULT_ADDRESS ? page_of(value) : (double)(long)value);
}

/* Answers with numbers of which the first is yet to say how many they are. */
void answer(struct numbers *numbers)
{
	struct iovec part = whole(numbers);

	numbers->data[0] = numbers->count - 1;
	send(&part, 1);
}

static void tracepoints(void)
{
	reply_state.count = 0;
	put(&reply_state, 0);
	put_traces(&reply_state);
	answer(&reply_state);
}

static void keep_machine(const double *at, size_t count)
{
	memcpy(the_machine.data, at, count * sizeof(*at));
}

/* Reads exactly so many bytes; ends the program when there are no more. */
static void receive(void *to, size_t bytes)
{
	while (bytes > 0) {
		ssize_t done = read(STDIN_FILENO, to, bytes);

		if (done <= 0)
			exit(0);
		to = (char *)to + done;
		bytes -= done;
	}
}

static void serve(void)
{
	double count;

	receive(&count, sizeof(count));
	receive(request.data, (size_t)count * sizeof(double));
	switch ((enum request)request.data[0]) {
	case REQUEST_BOOT:
		keep_machine(request.data + 1, (size_t)count - 1);
		forget_names();
		boot();
		break;
	case REQUEST_CALL:
		call(request.data + 1, (size_t)count - 1);
		break;
	case REQUEST_TRACEPOINTS:
		tracepoints();
		break;
	case REQUEST_RUN:
		run(request.data + 1);
		break;
	case REQUEST_SITES:
		tell_sites();
		break;
	}
}

void set_up_numbers(struct numbers *numbers)
{
	numbers->limit = 1UL << 26;
	numbers->data = reserve(numbers->limit * sizeof(double));
}

int main(void)
{
	/*
	 * Opened anew for reading only: the other end is the only writer, and when it is gone we
	 * go.
	 */
	int requests = open("/proc/self/fd/0", O_RDONLY);

	if (requests < 0 || dup2(requests, STDIN_FILENO) < 0)
		return 1;
	close(requests);
	set_up_numbers(&request);
	set_up_numbers(&the_machine);
	set_up_numbers(&reply_head);
	set_up_numbers(events);
	set_up_numbers(&reply_values);
	set_up_numbers(&reply_state);
	work_setup();
	memory_setup();
	pages_setup();
	locks_setup();
	tasks_setup();
	touch_setup();
	run_setup();
	crash_setup();
	snapshot = reserve(_end - __data_start);
	memcpy(snapshot, __data_start, _end - __data_start);
	for (;;)
		serve();
}
