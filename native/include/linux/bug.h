/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * BUG and WARN, for <linux/bug.h> and <linux/build_bug.h>: BUG ends the machine, WARN is told with
 * the outcome of the call. The ..._ONCE forms warn every time.
 */
#ifndef SIM_LINUX_BUG_H
#define SIM_LINUX_BUG_H

#include <linux/compiler.h>
#include <linux/build_bug.h>
#include "sim.h"

#define BUG() sim_die(SIM_BUG, "BUG in %s()", __func__)
#define BUG_ON(condition) do {						\
	if (unlikely(condition))					\
		sim_die(SIM_BUG, "BUG_ON(%s) in %s()", #condition, __func__); \
} while (0)
#define WARN_ON(condition) ({						\
	bool sim_bad = !!(condition);					\
	if (unlikely(sim_bad))						\
		sim_warn("WARN_ON(" #condition ")");			\
	sim_bad; })
#define WARN(condition, format, ...) ({					\
	bool sim_bad = !!(condition);					\
	if (unlikely(sim_bad))						\
		sim_warn(format);					\
	sim_bad; })
#define WARN_ON_ONCE(condition) WARN_ON(condition)
#define WARN_ONCE(condition, format, ...) WARN(condition, format, ##__VA_ARGS__)
#define VM_BUG_ON(condition) BUG_ON(condition)
#define VIRTUAL_BUG_ON(condition) do { } while (0)

#endif
