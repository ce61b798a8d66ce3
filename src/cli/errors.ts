/** The command was called wrongly or given what it cannot read: one line, exit code 64. */
export class UsageError extends Error {}

/** Whether something holds cannot be told: one line that says why, exit code 2. */
export class CannotTell extends Error {}
