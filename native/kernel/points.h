/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scheduling points that only vmalloc.c has, and not the headers and libraries it uses: what these
 * do under their own locks nobody can tell apart from one step. Locks, page tables and flushes have
 * theirs in the shims. Included right before vmalloc.c.
 */
#ifndef SIM_POINTS_H
#define SIM_POINTS_H

#define sim_stop(kind, text, object) sim_point(SIM_SITE(kind, text), (const void *)(object))

#undef READ_ONCE
#define READ_ONCE(x) ({							\
	sim_stop(READ, "READ_ONCE(" #x ")", &(x));			\
	__READ_ONCE(x); })
#undef WRITE_ONCE
#define WRITE_ONCE(x, value) do {					\
	__typeof__(x) sim_value = (value);				\
	sim_stop(WRITE, "WRITE_ONCE(" #x ")", &(x));			\
	__WRITE_ONCE(x, sim_value);					\
} while (0)

/* A row of looks at one place that find nothing is one step: v6.9 has 256 pools for every node. */
#define list_empty(head) ({						\
	const struct sim_site *sim_here = SIM_SITE(READ, "list_empty(" #head ")"); \
	sim_look(sim_here, head);					\
	sim_looked(sim_here, list_empty(head)); })
#undef RB_EMPTY_ROOT
#define RB_EMPTY_ROOT(root) \
	(sim_stop(READ, "RB_EMPTY_ROOT(" #root ")", root), !__READ_ONCE((root)->rb_node))

#undef list_entry_rcu
#define list_entry_rcu(pointer, type, member) ({			\
	sim_stop(RCU, "list_for_each_entry_rcu", &(pointer));		\
	container_of(__READ_ONCE(pointer), type, member); })
#define xa_load(xa, index) (sim_stop(RCU, "xa_load", xa), xa_load(xa, index))
#define xa_find(xa, ...) (sim_stop(RCU, "xa_for_each", xa), xa_find(xa, __VA_ARGS__))
#define xa_find_after(xa, ...) (sim_stop(RCU, "xa_for_each", xa), xa_find_after(xa, __VA_ARGS__))
#define llist_add(node, head) \
	(sim_stop(ATOMIC, "llist_add(" #head ")", head), llist_add(node, head))
#define llist_del_all(head) \
	(sim_stop(ATOMIC, "llist_del_all(" #head ")", head), sim_taken_off(llist_del_all(head)))
static struct llist_node *sim_taken_off(struct llist_node *first);

#define sim_atomic(kind, name, v) sim_stop(kind, name "(" #v ")", v)
#undef atomic_long_read
#define atomic_long_read(v) (sim_atomic(READ, "atomic_long_read", v), (long)sim_load(v))
#undef atomic_long_set
#define atomic_long_set(v, value) (sim_atomic(WRITE, "atomic_long_set", v), sim_store(v, value))
#undef atomic_long_add
#define atomic_long_add(by, v) (sim_atomic(ATOMIC, "atomic_long_add", v), (void)sim_add(v, by))
#undef atomic_long_sub
#define atomic_long_sub(by, v) \
	(sim_atomic(ATOMIC, "atomic_long_sub", v), (void)sim_add(v, -(long)(by)))
#undef atomic_long_add_return
#define atomic_long_add_return(by, v) \
	(sim_atomic(ATOMIC, "atomic_long_add_return", v), (long)sim_add(v, by))
#undef atomic_long_sub_return
#define atomic_long_sub_return(by, v) \
	(sim_atomic(ATOMIC, "atomic_long_sub_return", v), (long)sim_add(v, -(long)(by)))

/* The free lists of the queues of blocks: see glue.c. */
static void sim_check_free_list(const struct list_head *node, const char *does);
#define list_add_tail_rcu(node, head) \
	(sim_check_free_list(head, "joins"), list_add_tail_rcu(node, head))
#define list_del_rcu(node) (sim_check_free_list(node, "leaves"), list_del_rcu(node))

#endif
