import type { Scenario } from './scenario.ts';

/**
 * The version of the text format that is printed. It goes up when a text would be read otherwise
 * than before, defaults of the machine included, or no more; a new word does not raise it. Every
 * version there was is read: who raises it keeps the reading of the one before.
 */
export const FORMAT_VERSION = 1;

/** What a text in the scenario format says: a scenario, and what was claimed about it. */
export interface Case {
  /** As the user wrote it: `v6.4`, a path, `linux:PATH`. Null for a bare scenario. */
  readonly policy: string | null;
  /** Name of the property that is violated. Null for a bare scenario. */
  readonly property: string | null;
  readonly scenario: Scenario;
  /** Lines of prose: what was seen. Not read on replay. */
  readonly observed: readonly string[];
  /** Lines of prose: what was tried to find a simpler one. Not read on replay. */
  readonly certificate: readonly string[];
}
