/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory barriers, for <asm/barrier.h>: memory is sequentially consistent. */
#ifndef SIM_ASM_BARRIER_H
#define SIM_ASM_BARRIER_H

#include <asm/rwonce.h>

#define smp_mb() barrier()
#define smp_rmb() barrier()
#define smp_wmb() barrier()
#define smp_load_acquire(pointer) READ_ONCE(*(pointer))
#define smp_store_release(pointer, value) WRITE_ONCE(*(pointer), value)

#endif
