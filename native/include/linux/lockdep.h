/* SPDX-License-Identifier: GPL-2.0-only */
/* Lock debugging, for <linux/lockdep.h>: only what asks whether a lock is held. */
#ifndef SIM_LINUX_LOCKDEP_H
#define SIM_LINUX_LOCKDEP_H

#include <linux/types.h>
#include "sim.h"

struct lockdep_map { };
struct lock_class_key { };
#define lockdep_assert_held(lock) sim_assert_held(&(lock)->sim)
#define lockdep_is_held(lock) 1
#define lock_is_held(map) 1

#endif
