import { type CallText, splitCall } from './call-text.ts';
import { ScenarioError, shown } from './errors.ts';
import { SCENARIO_LIMITS } from './limits.ts';
import { didYouMean } from './nearest.ts';
import { readNumber } from './number-text.ts';
import type { Operation, OperationKind } from './operation.ts';
import { parsePcpuGetVmAreas, parseVmalloc } from './operation-parse-options.ts';
import { parsePlace } from './place-text.ts';

const { spacePages, mappedPages, nthAllocation } = SCENARIO_LIMITS;

interface Form {
  /**
   * How the operation is written, shown when it is written otherwise. It has an area iff this
   * starts with `A = `, and a CPU iff this ends with `on cpuN`.
   */
  readonly usage: string;
  readonly minArgs: number;
  readonly maxArgs: number;
}

interface Syntax<Kind extends OperationKind> extends Form {
  /** Called only with arguments, area and CPU of this form. */
  parse(args: readonly string[], call: NamedCall): Extract<Operation, { kind: Kind }>;
}

/** A call whose form fits its usage; `area` and `cpu` mean nothing where the usage has none. */
interface NamedCall {
  readonly line: number;
  readonly area: string;
  readonly cpu: number;
}

const SYNTAX: { readonly [Kind in OperationKind]: Syntax<Kind> } = {
  vmalloc: {
    usage: 'A = vmalloc(PAGES, align=PAGES, modules, VM_FLUSH_RESET_PERMS)',
    minArgs: 1,
    maxArgs: 4,
    parse: (args, { area, line }) => parseVmalloc(area, args, line),
  },
  vmap: mapping('vmap', mappedPages),
  vm_map_ram: mapping('vm_map_ram', mappedPages),
  get_vm_area: mapping('get_vm_area', spacePages),
  ioremap: mapping('ioremap', mappedPages),
  pcpu_get_vm_areas: {
    usage: 'A = pcpu_get_vm_areas(OFFSET+PAGES, ..., align=PAGES)',
    minArgs: 1,
    maxArgs: SCENARIO_LIMITS.pcpuAreas + 1,
    parse: (args, { area, line }) => parsePcpuGetVmAreas(area, args, line),
  },
  vfree: place('vfree'),
  vfree_atomic: place('vfree_atomic'),
  vunmap: place('vunmap'),
  free_vm_area: place('free_vm_area'),
  pcpu_free_vm_areas: place('pcpu_free_vm_areas'),
  vm_unmap_ram: {
    usage: 'vm_unmap_ram(A) or vm_unmap_ram(A, PAGES)',
    minArgs: 1,
    maxArgs: 2,
    parse: ([at = '', pages], { line }) => ({
      kind: 'vm_unmap_ram',
      at: parsePlace(at, line),
      pages: pages === undefined ? null : readNumber(pages, 'pages', 0, mappedPages, line),
    }),
  },
  vm_unmap_aliases: bare('vm_unmap_aliases'),
  set_memory_ro: place('set_memory_ro'),
  vread: {
    usage: 'vread(A, PAGES)',
    minArgs: 2,
    maxArgs: 2,
    parse: ([at = '', pages = ''], { line }) => ({
      kind: 'vread',
      at: parsePlace(at, line),
      pages: readNumber(pages, 'pages', 0, mappedPages, line),
    }),
  },
  vmalloc_to_page: place('vmalloc_to_page'),
  find_vm_area: place('find_vm_area'),
  touch: {
    usage: 'touch(A) on cpuN',
    minArgs: 1,
    maxArgs: 1,
    parse: ([at = ''], { cpu, line }) => ({ kind: 'touch', cpu, at: parsePlace(at, line) }),
  },
  migrate: {
    usage: 'migrate(CPU)',
    minArgs: 1,
    maxArgs: 1,
    parse: ([cpu = ''], { line }) => ({
      kind: 'migrate',
      cpu: readNumber(cpu, 'CPU', 0, Number.MAX_SAFE_INTEGER, line),
    }),
  },
  run_work: bare('run_work'),
  shrink: bare('shrink'),
  fail_alloc: {
    usage: 'fail_alloc(N)',
    minArgs: 1,
    maxArgs: 1,
    parse: ([nth = ''], { line }) => ({
      kind: 'fail_alloc',
      nth: readNumber(nth, 'allocation', 1, nthAllocation, line),
    }),
  },
  register_vmap_purge_notifier: place('register_vmap_purge_notifier'),
};

/**
 * Reads one operation, written like a kernel call: `A = vm_map_ram(2)`, `touch(A+1) on cpu1`.
 * Whether its area and CPU exist is for the reader of the whole case to say.
 * Throws a ScenarioError that says what is wrong or how the operation is written.
 */
export function parseOperation(text: string, line = 1): Operation {
  if (isOperationKind(text)) throw miswritten(text, line);
  const call = splitCall(text, line);
  const { name } = call;
  if (!isOperationKind(name)) {
    const hint = didYouMean(name, Object.keys(SYNTAX));
    throw new ScenarioError(line, `unknown operation ${shown(name)}${hint}`);
  }
  const syntax = SYNTAX[name];
  if (!fits(call, syntax)) throw miswritten(name, line);
  return syntax.parse(call.args, { line, area: call.area ?? '', cpu: call.cpu ?? -1 });
}

function miswritten(kind: OperationKind, line: number): ScenarioError {
  return new ScenarioError(line, `${kind} is written ${SYNTAX[kind].usage}`);
}

/** Every kind of operation there is. */
export const OPERATION_KINDS: readonly OperationKind[] =
  Object.keys(SYNTAX).filter(isOperationKind);

function isOperationKind(name: string): name is OperationKind {
  return Object.hasOwn(SYNTAX, name);
}

/** Whether a call has an area, a CPU and as many arguments as its usage asks. */
function fits({ area, args, cpu }: CallText, syntax: Form): boolean {
  const { usage, minArgs, maxArgs } = syntax;
  if ((area !== null) !== usage.startsWith('A = ')) return false;
  if ((cpu !== null) !== usage.endsWith(' on cpuN')) return false;
  return args.length >= minArgs && args.length <= maxArgs;
}

type MappingKind = 'vmap' | 'vm_map_ram' | 'get_vm_area' | 'ioremap';

function mapping<Kind extends MappingKind>(kind: Kind, maxPages: number) {
  return {
    usage: `A = ${kind}(PAGES)`,
    minArgs: 1,
    maxArgs: 1,
    parse: ([pages = '']: readonly string[], { area, line }: NamedCall) => ({
      kind,
      area,
      pages: readNumber(pages, 'pages', 0, maxPages, line),
    }),
  };
}

type PlaceKind =
  | 'vfree'
  | 'vfree_atomic'
  | 'vunmap'
  | 'free_vm_area'
  | 'pcpu_free_vm_areas'
  | 'set_memory_ro'
  | 'vmalloc_to_page'
  | 'find_vm_area'
  | 'register_vmap_purge_notifier';

function place<Kind extends PlaceKind>(kind: Kind) {
  return {
    usage: `${kind}(A)`,
    minArgs: 1,
    maxArgs: 1,
    parse: ([at = '']: readonly string[], { line }: NamedCall) => ({
      kind,
      at: parsePlace(at, line),
    }),
  };
}

function bare<Kind extends 'vm_unmap_aliases' | 'run_work' | 'shrink'>(kind: Kind) {
  return { usage: `${kind}()`, minArgs: 0, maxArgs: 0, parse: () => ({ kind }) };
}
