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
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "machine.h"

enum request { REQUEST_BOOT, REQUEST_CALL, REQUEST_TRACEPOINTS };
/* How a call ended; the first ones are those of enum result. */
enum status { STATUS_DIED = RESULT_FAILED + 1 };

struct sim_machine sim_machine;
unsigned int sim_cpu;

static struct numbers request, reply_values, reply_state, reply_events, reply_head;
struct numbers *const events = &reply_events;
static struct numbers *replying;
static size_t list_at;
static double direct_map_vpn;
static char warning[512];
static bool dead;

void put(struct numbers *numbers, double value)
{
	if (numbers->count == numbers->limit)
		sim_die(SIM_BUG, "the simulator has too much to tell of one call");
	numbers->data[numbers->count++] = value;
}

void put_text(struct numbers *numbers, const char *text)
{
	put(numbers, strlen(text));
	while (*text)
		put(numbers, (unsigned char)*text++);
}

void reply_number(double number)
{
	put(replying, number);
}

void reply_page(unsigned long address)
{
	put(replying, page_of(address));
}

void reply_list_begins(void)
{
	list_at = replying->count;
	put(replying, 0);
}

void reply_list_ends(void)
{
	replying->data[list_at] = replying->count - list_at - 1;
}

/*
 * Pages are counted from VMALLOC_START, but for the direct map, which the outside has where it
 * wants. The free space of the kernel begins at address 1 and ends at ULONG_MAX; outside, that is
 * 2^40 pages away.
 */
double page_of(unsigned long address)
{
	unsigned long offset = address - SIM_DIRECT_MAP;

	if (address == 1)
		return -(double)(1UL << 40);
	if (address == ~0UL)
		return 1UL << 40;
	if (offset <= (sim_machine.ram_pages + 1) << SIM_PAGE_SHIFT)
		return direct_map_vpn + (offset >> SIM_PAGE_SHIFT);
	return (long)(address - sim_machine.vmalloc_start) >> SIM_PAGE_SHIFT;
}

unsigned long address_of(double page)
{
	if (page >= direct_map_vpn && page <= direct_map_vpn + sim_machine.ram_pages)
		return SIM_DIRECT_MAP + ((unsigned long)(page - direct_map_vpn) << SIM_PAGE_SHIFT);
	return sim_machine.vmalloc_start + ((unsigned long)(long)page << SIM_PAGE_SHIFT);
}

void sim_warn(const char *text)
{
	snprintf(warning, sizeof(warning), "%s", text);
}

void sim_complain(const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	put_event(EVENT_COMPLAINT);
	put_text(events, text);
}

void sim_inner_free_begins(unsigned long address)
{
	put_event(EVENT_INNER_FREE_BEGINS);
	put(events, page_of(address));
}

void sim_inner_free_returned(unsigned long address)
{
	put_event(EVENT_INNER_FREE_RETURNED);
	put(events, page_of(address));
}

void sim_inner_allocated(unsigned long address, unsigned long pages)
{
	put_event(EVENT_INNER_ALLOCATED);
	put(events, page_of(address));
	put(events, pages);
}

/* Tracepoints. */

static struct { const char *name; unsigned long count; } traces[64];
static unsigned int trace_count;

/* The place of a tracepoint, which is added if it is not there. */
static unsigned int place_of_trace(const char *name)
{
	unsigned int i;

	for (i = 0; i < trace_count; i++)
		if (traces[i].name == name || strcmp(traces[i].name, name) == 0)
			return i;
	if (i == sizeof(traces) / sizeof(traces[0]))
		sim_die(SIM_BUG, "the simulator knows %u tracepoints", i);
	traces[trace_count++].name = name;
	return i;
}

void sim_trace(const char *name)
{
	traces[place_of_trace(name)].count++;
}

void sim_trace_known(const char *name)
{
	place_of_trace(name);
}

static void put_traces(struct numbers *numbers)
{
	unsigned int i;

	put(numbers, trace_count);
	for (i = 0; i < trace_count; i++) {
		put_text(numbers, traces[i].name);
		put(numbers, traces[i].count);
	}
}

/* Work. */

#define MAX_PENDING (SIM_MAX_CPUS + 64)

static struct pending { void *work; void (*run)(void *work); unsigned int cpu; } *pending;
static unsigned int pending_count;

void sim_queue_work(void *work, void (*run)(void *work))
{
	if (pending_count == MAX_PENDING)
		sim_die(SIM_BUG, "the simulator has too much work pending");
	pending[pending_count].work = work;
	pending[pending_count].run = run;
	pending[pending_count++].cpu = sim_cpu;
}

/* Runs the work at a place of the list, on the CPU it was scheduled on. */
static void run_work_at(unsigned int place)
{
	struct pending next = pending[place];
	unsigned int caller = sim_cpu;

	memmove(pending + place, pending + place + 1,
		(--pending_count - place) * sizeof(pending[0]));
	sim_cpu = next.cpu;
	next.run(next.work);
	sim_cpu = caller;
}

/* The work that is pending now; not what it schedules itself. */
void run_pending_work(void)
{
	unsigned int count = pending_count;

	while (count-- > 0 && pending_count > 0)
		run_work_at(0);
}

void sim_flush_work(void *work)
{
	unsigned int place;

	for (place = 0; place < pending_count; place++) {
		if (pending[place].work == work) {
			run_work_at(place);
			return;
		}
	}
}

/* Booting. */

extern char __data_start[], _end[];
static char *snapshot;

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

/*
 * VMALLOC_START is a multiple of all zones together, and the alignment of everything is that of
 * its page number. What is left of an odd number of nodes makes it large.
 */
static void set_machine(const double *at)
{
	unsigned long vmalloc_size = (unsigned long)at[0] << SIM_PAGE_SHIFT;
	unsigned long modules_size = (unsigned long)at[1] << SIM_PAGE_SHIFT;
	unsigned long nodes = at[5], odd = nodes >> __builtin_ctzl(nodes);

	sim_machine.vmalloc_start = odd << 38;
	sim_machine.vmalloc_end = sim_machine.vmalloc_start + vmalloc_size;
	sim_machine.modules_start = sim_machine.vmalloc_start + (1UL << 46);
	sim_machine.modules_end = sim_machine.modules_start + modules_size;
	sim_machine.ram_pages = at[2];
	direct_map_vpn = at[3];
	sim_machine.lazy_max_pages = at[4];
	sim_machine.vmap_nodes = nodes;
	sim_machine.zone_size = (unsigned long)at[6] << SIM_PAGE_SHIFT;
	at += 7;
	set_cpus(sim_machine.possible_cpus, &at);
	set_cpus(sim_machine.online_cpus, &at);
	for (sim_cpu = 0; !(sim_machine.online_cpus[sim_cpu / 64] >> sim_cpu % 64 & 1);)
		sim_cpu++;
}

static void boot(const double *machine)
{
	pages_reset();
	memcpy(__data_start, snapshot, _end - __data_start);
	set_machine(machine);
	memory_reset();
	if (setjmp(death->to)) {
		dead = true;
		return;
	}
	watch_call(true);
	kernel_init();
	watch_call(false);
	reply_events.count = 0;
}

/* Calls. */

static void put_state(void)
{
	enum sim_kind kind;

	replying = &reply_state;
	kernel_inspect();
	for (kind = SIM_VMAP_AREA; kind < SIM_KINDS; kind++)
		put(&reply_state, live_objects(kind));
	put(&reply_state, pending_count);
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
	put(&reply_head, reply_events.count);
	reply_head.data[0] = reply_head.count - 1 + reply_events.count + reply_values.count +
			     reply_state.count;
	parts[0] = whole(&reply_head);
	parts[1] = whole(&reply_events);
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

	reply_events.count = reply_values.count = reply_state.count = 0;
	end_event();
	warning[0] = 0;
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
		put_state();
	watch_call(false);
	reply(result, result == RESULT_ADDRESS ? page_of(value) : (double)(long)value);
}

static void tracepoints(void)
{
	struct iovec part;

	reply_state.count = 0;
	put(&reply_state, 0);
	put_traces(&reply_state);
	reply_state.data[0] = reply_state.count - 1;
	part = whole(&reply_state);
	send(&part, 1);
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
		boot(request.data + 1);
		break;
	case REQUEST_CALL:
		call(request.data + 1, (size_t)count - 1);
		break;
	case REQUEST_TRACEPOINTS:
		tracepoints();
		break;
	}
}

static void set_up_numbers(struct numbers *numbers)
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
	set_up_numbers(&reply_head);
	set_up_numbers(&reply_events);
	set_up_numbers(&reply_values);
	set_up_numbers(&reply_state);
	pending = reserve(MAX_PENDING * sizeof(*pending));
	memory_setup();
	pages_setup();
	crash_setup();
	snapshot = reserve(_end - __data_start);
	memcpy(snapshot, __data_start, _end - __data_start);
	for (;;)
		serve();
}
