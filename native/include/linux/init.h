/* SPDX-License-Identifier: GPL-2.0-only */
/* For <linux/init.h> and <linux/export.h>: nothing is put into sections of its own. */
#ifndef SIM_LINUX_INIT_H
#define SIM_LINUX_INIT_H

#define __init
#define __initdata
#define __ro_after_init
#define __read_mostly
#define __meminit
#define EXPORT_SYMBOL(symbol)
#define EXPORT_SYMBOL_GPL(symbol)
#define EXPORT_SYMBOL_NS_GPL(symbol, space)

#endif
