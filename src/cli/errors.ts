/** The command was called wrongly or given what it cannot read: one line, exit code 64. */
export class UsageError extends Error {}

/** Whether something holds cannot be told: one line that says why, exit code 2. */
export class CannotTell extends Error {}

/** What a case speaks of is not there any more: its policy, its property, or a point it names. */
export class Expired extends CannotTell {
  /** Why, without saying again that it has. */
  readonly reason: string;

  /** `which`: what the case is called; `where`: ` on v6.1`, or nothing. */
  constructor(which: string, where: string, reason: string, options?: ErrorOptions) {
    super(`${which} has expired${where}: ${reason}`, options);
    this.reason = reason;
  }
}
