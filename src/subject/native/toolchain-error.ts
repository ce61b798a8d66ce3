import { SubjectCrash } from '../subject-crash.ts';

/**
 * The kernel's C file cannot be built here: no compiler, an unknown version, a patch that does not
 * apply. One line for people; what was to be checked cannot be told.
 */
export class ToolchainError extends SubjectCrash {}
