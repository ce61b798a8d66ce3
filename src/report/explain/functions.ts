import type { FunctionCall, Happening, WitnessedStep } from './witness.ts';

/** ` in vb_free()`; empty where the subject does not tell. */
export function inFunction(within: FunctionCall | null): string {
  return within === null ? '' : ` in ${within.name}()`;
}

/** Functions of a path that are shown. */
const PATH_SHOWN = 3;

/** A function and its callers, the API call left out: `vb_free() > free_vmap_block()`. */
export function pathText(call: FunctionCall): string {
  const names = [`${call.name}()`];
  for (let at = call.parent; at?.parent; at = at.parent) names.unshift(`${at.name}()`);
  return names.slice(-PATH_SHOWN).join(' > ');
}

/** Every function of a step, callers before what they call. */
export function* callsOf(functions: readonly FunctionCall[]): Generator<FunctionCall> {
  for (const call of functions) {
    yield call;
    yield* callsOf(call.children);
  }
}

/** The function that does the work of a call: what its wrappers come down to. */
export function workerOf(functions: readonly FunctionCall[]): FunctionCall | null {
  let call = functions[0] ?? null;
  while (call?.children.length === 1) call = call.children[0] ?? null;
  return call;
}

/**
 * Where calls went: down to the function that failed first, if the call failed; else on into a
 * function for as long as it makes most of the calls. Null where the subject does not tell.
 */
export function spineOf(functions: readonly FunctionCall[]): FunctionCall | null {
  let call = largest(functions);
  const isFailure = call?.failed ?? false;
  while (call !== null) {
    const next: FunctionCall | null = isFailure
      ? (call.children.findLast(({ failed }) => failed) ?? null)
      : largest(call.children);
    if (next === null || (!isFailure && sizeOf(next) * 2 <= sizeOf(call))) return call;
    call = next;
  }
  return call;
}

/** The call that made most others; of equals the first. */
function largest(calls: readonly FunctionCall[]): FunctionCall | null {
  const sizes = calls.map(sizeOf);
  return calls[sizes.indexOf(Math.max(...sizes))] ?? null;
}

/** How many calls a call comes to, itself included. */
function sizeOf(call: FunctionCall): number {
  return [...callsOf([call])].length;
}

/** The call that gave back the block with this first page (vpn) in a step; null: none did. */
export function freeingOf({ functions }: WitnessedStep, block: number): FunctionCall | null {
  for (const call of callsOf(functions)) {
    if (call.name === 'free_vmap_block' && call.block === block) return call;
  }
  return null;
}

/** Whether something happened to a page, vpn. */
export function covers({ start, end }: Happening, page: number): boolean {
  return start <= page && page < end;
}
