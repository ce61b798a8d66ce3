import { IS_ERR, MAX_ERRNO, NULL } from '../../models/kernel/err.ts';
import type { Kernel } from '../../models/kernel/kernel.ts';
import { Lock } from '../../models/kernel/locks.ts';
import { PageTables } from '../../models/kernel/page-tables.ts';
import { VmapBlock } from '../../models/kernel/vmap-block-node.ts';
import { methodsOf } from './kernel-methods.ts';
import type { FunctionListener } from './port.ts';

/**
 * Tells a listener of every function of mm/vmalloc.c from now on, as the kernel's function_graph
 * tracer does. What that file takes for granted, and helpers of the model, are passed over, but for
 * the locks of blocks. Too slow for exploring.
 */
export function followFunctions(kernel: Kernel, listener: FunctionListener): void {
  const grantedMethods = methodsOf(PageTables.prototype);
  // What is looked up for the listener is not the kernel's doing.
  let isLooking = false;
  const blockOf = (arg: unknown): number | null => {
    isLooking = true;
    const block = firstPageOf(kernel, arg);
    isLooking = false;
    return block;
  };
  for (const [name, method] of methodsOf(kernel)) {
    // Macros are in upper case, helpers of the model in camel case.
    if (/[A-Z]/.test(name)) continue;
    const isGranted = grantedMethods.has(name);
    if (isGranted && name !== 'spin_lock') continue;
    const told = (...args: readonly unknown[]): unknown => {
      const call = (): unknown => Reflect.apply(method, kernel, args);
      if (isLooking) return call();
      const block = args.map(blockOf).find((one) => one !== null) ?? null;
      if (isGranted) {
        if (block !== null) listener.lockedBlock(block);
        return call();
      }
      listener.entered(name, block);
      return toEnd(call, listener);
    };
    Object.defineProperty(kernel, name, { value: told, configurable: true });
  }
}

/** A function that is no generator has run when it returns; a generator runs when it is stepped. */
function toEnd(call: () => unknown, listener: FunctionListener): unknown {
  let result: unknown;
  try {
    result = call();
  } catch (error) {
    listener.left(true);
    throw error;
  }
  if (isGenerator(result)) return stepsOf(result, listener);
  listener.left(hasFailed(result));
  return result;
}

function* stepsOf(
  run: Generator<unknown, unknown, undefined>,
  listener: FunctionListener,
): Generator<unknown, unknown, undefined> {
  let failed = true;
  try {
    const result = yield* run;
    failed = hasFailed(result);
    return result;
  } finally {
    listener.left(failed);
  }
}

/** Whether a kernel function has returned NULL or an error, as a pointer or as a number. */
function hasFailed(result: unknown): boolean {
  if (typeof result !== 'number') return result === null;
  return result === NULL || IS_ERR(result) || (result < 0 && result >= -MAX_ERRNO);
}

/** The first page of the block that an argument is, or is the lock of; null for any other. */
function firstPageOf(kernel: Kernel, arg: unknown): number | null {
  if (arg instanceof VmapBlock) return arg.va.va_start;
  if (!(arg instanceof Lock)) return null;
  let block: number | null = null;
  kernel.forEachBlock((vb) => {
    if (vb.lock === arg) block = vb.va.va_start;
  });
  return block;
}

function isGenerator(value: unknown): value is Generator<unknown, unknown, undefined> {
  return Object.prototype.toString.call(value) === '[object Generator]';
}
