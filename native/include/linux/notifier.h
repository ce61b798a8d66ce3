/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Notifier chains, for <linux/notifier.h>: the first one registered is the only one, and it never
 * stops the chain.
 */
#ifndef SIM_LINUX_NOTIFIER_H
#define SIM_LINUX_NOTIFIER_H

#include <linux/types.h>

struct notifier_block {
	int (*notifier_call)(struct notifier_block *block, unsigned long action, void *data);
};
struct blocking_notifier_head { struct notifier_block *first; };

#define NOTIFY_OK 1
#define BLOCKING_NOTIFIER_HEAD(name) struct blocking_notifier_head name

static inline int blocking_notifier_chain_register(struct blocking_notifier_head *head,
						   struct notifier_block *block)
{
	head->first = block;
	return 0;
}

static inline int blocking_notifier_chain_unregister(struct blocking_notifier_head *head,
						     struct notifier_block *block)
{
	head->first = NULL;
	return 0;
}

static inline int blocking_notifier_call_chain(struct blocking_notifier_head *head,
					       unsigned long action, void *data)
{
	return head->first ? head->first->notifier_call(head->first, action, data) : 0;
}

#endif
