// SPDX-License-Identifier: GPL-2.0-only
/* What a machine tells: numbers and texts, events, warnings, tracepoints. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "machine.h"

static struct numbers reply_events;
struct numbers *const events = &reply_events;
struct numbers *replying;
const char *warning;
double direct_map_vpn;

static size_t list_at;

void put_too_many(void)
{
	sim_die(SIM_BUG, "the simulator has too much to tell of one call");
}

void put_text(struct numbers *numbers, const char *text)
{
	put(numbers, text ? strlen(text) : 0);
	while (text && *text)
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
	warning = text;
}

static void complain(enum event event, const char *format, va_list arguments)
{
	char text[256];

	vsnprintf(text, sizeof(text), format, arguments);
	put_event(event);
	put_text(events, text);
}

void sim_complain(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	complain(EVENT_COMPLAINT, format, arguments);
	va_end(arguments);
}

void sim_complain_of_list(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	complain(EVENT_LIST_COMPLAINT, format, arguments);
	va_end(arguments);
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

void put_traces(struct numbers *numbers)
{
	unsigned int i;

	put(numbers, trace_count);
	for (i = 0; i < trace_count; i++) {
		put_text(numbers, traces[i].name);
		put(numbers, traces[i].count);
	}
}
