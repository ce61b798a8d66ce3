/** The world outside a command: what it may read, write and know. */
export interface Io {
  stdout(text: string): void;
  stderr(text: string): void;
  /** All of standard input. */
  readStdin(): Promise<string>;
  /** Whether stderr is a terminal, where progress can be shown. */
  readonly isTerminal: boolean;
  /** Milliseconds since some moment. */
  now(): number;
  /** Calls back when the user wants to stop, once; returns what takes that wish back. */
  onInterrupt(stop: () => void): () => void;
  /** Absolute path that relative ones start from. */
  readonly cwd: string;
}

/** Exit codes of every verb. */
export const EXIT = {
  holds: 0,
  violated: 1,
  cannotTell: 2,
  usage: 64,
  /** The tool itself has a fault. */
  crash: 70,
} as const;

/** One verb of the command line. */
export interface Verb {
  /** What `--help` prints. */
  readonly help: string;
  /** Runs with the arguments after the verb; returns the exit code. */
  run(args: readonly string[], io: Io): Promise<number>;
}
