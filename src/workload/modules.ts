import type { Random } from '../explore/random.ts';
import { vfree, vmalloc } from './calls.ts';
import { realMachine } from './machines.ts';
import type { Operations, Setup, Workload } from './workload.ts';

const ROUNDS = 1_500;
const MODULES_MAX = 40;
const PROGRAMS_MAX = 120;
/** Ordinary areas in use beside them. */
const ORDINARY_MAX = 200;

/**
 * Text is allocated in the module range, made read-only, and freed with its permissions reset,
 * which flushes at once. What else is lazily freed by then is flushed with it, in one hull from the
 * direct map to the module range.
 */
export const modules: Workload = {
  name: 'modules',
  prose:
    'modules of 4 to 48 pages and BPF programs of 1 or 2 loaded and unloaded, read-only while ' +
    'they live, 1,500 times; ordinary areas of 1 to 16 pages come and go beside them',
  source:
    'VM_FLUSH_RESET_PERMS (868b104d7379, v5.2) and set_memory_ro(), as module_alloc() and ' +
    'bpf_jit_alloc_exec() use them; numbers and sizes are assumed',
  cpus: 4,
  machine: realMachine,
  *operations(setup: Setup): Operations {
    const { names, random } = setup;
    const text: Record<'module' | 'program', string[]> = { module: [], program: [] };
    const ordinary: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const area = names.next();
      ordinary.push(area);
      yield vmalloc(area, 1 + random.below(16));
      if (ordinary.length > random.below(ORDINARY_MAX)) yield vfree(oneOf(ordinary, random));
      const kind = random.below(4) === 0 ? 'module' : 'program';
      const most = kind === 'module' ? MODULES_MAX : PROGRAMS_MAX;
      if (text[kind].length > random.below(most)) {
        yield vfree(oneOf(text[kind], random));
      } else {
        const pages = kind === 'module' ? 4 + random.below(45) : 1 + random.below(2);
        yield* loaded(setup, pages, text[kind]);
      }
    }
  },
};

function* loaded({ names }: Setup, pages: number, list: string[]): Operations {
  const area = names.next();
  list.push(area);
  yield vmalloc(area, pages, { range: 'modules', resetPerms: true });
  yield { kind: 'set_memory_ro', at: { area, offset: 0 } };
}

function oneOf(areas: string[], random: Random): string {
  return areas.splice(random.below(areas.length), 1)[0] ?? '';
}
