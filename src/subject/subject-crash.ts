/**
 * The subject's own code failed in a way that no kernel does: it threw something else than an oops
 * or a BUG, returned no number, or did not do the same twice. One line for people. What was being
 * checked cannot be told.
 */
export class SubjectCrash extends Error {}
