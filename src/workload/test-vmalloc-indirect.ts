import type { Random } from '../explore/random.ts';
import { vfree, vmalloc } from './calls.ts';
import { realMachine } from './machines.ts';
import type { Operations, Setup, Workload } from './workload.ts';

/*
 * The cases of lib/test_vmalloc.c that reach vmalloc through another part of the kernel, which is
 * not modelled: here is what that part makes of them.
 */

/** Pointers in one block of kvfree_rcu(), about a page of them, freed by one work item. */
const KVFREE_BULK = 500;
const KVFREE_ROUNDS = 20_000;

/** Frees come in bulk, after a grace period, from a worker of the CPU. */
function* freedInBulk({ names }: Setup): Operations {
  let bulk: string[] = [];
  for (let round = 0; round < KVFREE_ROUNDS; round++) {
    const area = names.next();
    bulk.push(area);
    yield vmalloc(area, 1);
    if (bulk.length < KVFREE_BULK) continue;
    for (const one of bulk) yield vfree(one);
    bulk = [];
  }
}

function kvfreeRcu(name: string, remark: string): Workload {
  return {
    name,
    prose: `20,000 times one page, freed in bulk, 500 at a time${remark}`,
    source:
      `lib/test_vmalloc.c (v6.12): ${name}_test; kvfree_rcu() is not modelled, only the vfree() ` +
      'of a bulk of pointers after a grace period; the 500 are about the pointers of one page',
    cpus: 4,
    machine: realMachine,
    operations: freedInBulk,
  };
}

const PCPU_REPEATS = 4;
const OBJECTS = 35_000;
const POINTERS_PER_PAGE = 512;
/** Bytes of each CPU's share of a chunk: on x86-64 with four CPUs, a quarter of 2 MiB. */
const UNIT_BYTES = 2 ** 19;
/** Pages of a chunk, which is one congruent area, and its alignment: 2 MiB. */
const CHUNK_PAGES = 512;

const pcpuAlloc: Workload = {
  name: 'pcpu_alloc',
  prose:
    'four times 35,000 per-CPU objects of 1 to 1,024 bytes, then all freed: the chunks that the ' +
    'per-CPU allocator takes for them and gives back, but for one',
  source:
    'lib/test_vmalloc.c (v6.12): pcpu_alloc_test; the per-CPU allocator is not modelled: objects ' +
    'are packed one behind the other, and its own mapping and flushing of pages is left out',
  cpus: 4,
  machine: realMachine,
  *operations({ names, random }: Setup): Operations {
    const chunks: string[] = [];
    for (let repeat = 0; repeat < PCPU_REPEATS; repeat++) {
      const pointers = names.next();
      yield vmalloc(pointers, Math.ceil(OBJECTS / POINTERS_PER_PAGE));
      const needed = chunksFor(random);
      while (chunks.length < needed) {
        const area = names.next();
        chunks.push(area);
        const sizes = [CHUNK_PAGES];
        yield { kind: 'pcpu_get_vm_areas', area, offsets: [0], sizes, align: CHUNK_PAGES };
      }
      for (const area of chunks.splice(1)) {
        yield { kind: 'pcpu_free_vm_areas', at: { area, offset: 0 } };
      }
      yield vfree(pointers);
    }
  },
};

/** Chunks that hold all objects, packed one behind the other in the order they are asked for. */
function chunksFor(random: Random): number {
  let chunks = 1;
  let used = 0;
  for (let object = 0; object < OBJECTS; object++) {
    const size = 1 + random.below(1024);
    const align = 2 ** (1 + random.below(11));
    used = Math.ceil(used / align) * align + size;
    if (used <= UNIT_BYTES) continue;
    chunks++;
    used = size;
  }
  return chunks;
}

/** Three of the eleven cases. */
export const testVmallocIndirect: readonly Workload[] = [
  pcpuAlloc,
  kvfreeRcu('kvfree_rcu_1_arg_vmalloc', ''),
  kvfreeRcu('kvfree_rcu_2_arg_vmalloc', ': to vmalloc the same as with one argument'),
];
