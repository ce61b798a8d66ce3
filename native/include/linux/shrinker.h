/* SPDX-License-Identifier: GPL-2.0-only */
/* Shrinkers, for <linux/shrinker.h>: there is one, which a scenario calls. */
#ifndef SIM_LINUX_SHRINKER_H
#define SIM_LINUX_SHRINKER_H

#include <linux/types.h>

#define SHRINK_STOP (~0UL)
#define SHRINK_EMPTY (~0UL - 1)
struct shrink_control { unsigned long nr_to_scan; };
struct shrinker {
	unsigned long (*count_objects)(struct shrinker *shrinker, struct shrink_control *control);
	unsigned long (*scan_objects)(struct shrinker *shrinker, struct shrink_control *control);
};
extern struct shrinker sim_shrinker;
#define shrinker_alloc(flags, name) (&sim_shrinker)
#define shrinker_register(shrinker) ((void)(shrinker))

#endif
