/**
 * The subject's own code failed in a way that no kernel does: it threw something else than an oops
 * or a BUG, or returned no number. One line for people. What was being checked cannot be told.
 */
export class SubjectCrash extends Error {}
