import { excessiveFlush } from './excessive-flush.ts';
import { mail1 } from './mail1.ts';
import { modules } from './modules.ts';
import { stacks } from './stacks.ts';
import { testVmalloc } from './test-vmalloc.ts';
import { testVmallocIndirect } from './test-vmalloc-indirect.ts';
import type { Workload } from './workload.ts';
import { xfs } from './xfs.ts';

/** Every workload policies can be compared on. */
export const workloads: readonly Workload[] = [
  excessiveFlush,
  ...mail1,
  ...testVmalloc,
  ...testVmallocIndirect,
  xfs,
  modules,
  stacks,
];
