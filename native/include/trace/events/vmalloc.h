/* SPDX-License-Identifier: GPL-2.0-only */
/* The tracepoints of <trace/events/vmalloc.h>: passing one is counted. */
#ifndef SIM_TRACE_EVENTS_VMALLOC_H
#define SIM_TRACE_EVENTS_VMALLOC_H

#define trace_alloc_vmap_area(addr, size, align, start, end, failed) \
	((failed) ? sim_trace("alloc_vmap_area: overflow") : (void)0)
#define trace_purge_vmap_area_lazy(start, end, areas) sim_trace("purge_vmap_area_lazy")
#define trace_free_vmap_area_noflush(start, lazy, max) sim_trace("free_vmap_area_noflush")

#endif
