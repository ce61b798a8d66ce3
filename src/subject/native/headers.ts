/**
 * Kernel headers that native/include does not replace one by one: each becomes an empty file, or
 * one that includes another.
 */
export const STAND_INS: Readonly<Record<string, string | null>> = {
  'asm/bitsperlong.h': 'asm-generic/bitsperlong.h',
  'asm/errno.h': 'asm-generic/errno.h',
  'asm/posix_types.h': 'asm-generic/posix_types.h',
  'asm/rwonce.h': 'asm-generic/rwonce.h',
  'asm/shmparam.h': null,
  'asm/tlbflush.h': null,
  'asm/types.h': 'asm-generic/types.h',
  'linux/debugobjects.h': null,
  'linux/export.h': 'linux/init.h',
  'linux/find.h': 'linux/bitops.h',
  'linux/highmem.h': 'linux/uio.h',
  'linux/hugetlb.h': null,
  'linux/interrupt.h': null,
  'linux/io.h': null,
  'linux/kallsyms.h': null,
  'linux/kmemleak.h': 'linux/kasan.h',
  'linux/memcontrol.h': null,
  'linux/module.h': 'linux/init.h',
  'linux/page_owner.h': null,
  'linux/pfn.h': null,
  'linux/pgtable.h': 'linux/mm.h',
  'linux/proc_fs.h': null,
  'linux/random.h': null,
  'linux/sched/mm.h': 'linux/sched.h',
  'linux/sched/signal.h': 'linux/sched.h',
  'linux/seq_file.h': null,
  'linux/set_memory.h': null,
  'linux/uaccess.h': null,
};
