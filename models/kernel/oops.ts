/** A bad pointer was used: NULL, a poisoned list pointer, a freed object. The machine has died. */
export class KernelOops extends Error {
  override readonly name = 'KernelOops';
}

/** A BUG_ON() held. The machine has died. */
export class KernelBug extends Error {
  override readonly name = 'KernelBug';
}
