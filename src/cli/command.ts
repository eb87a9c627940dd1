import { type FlagTable, type FlagValues, readFlags } from './flag.js';
import type { Outcome } from './exit-code.js';
import type { Session } from './session.js';

export interface Example {
  /** As it can be pasted into a shell; no pipes. */
  readonly line: string;
  readonly says: string;
  /** Other than 0. */
  readonly exit?: number;
}

/** Words that are not options. */
export interface Operands {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** True where they may be names of the store, for completion. */
  readonly images?: true;
}

/** A verb of the command line. */
export interface Command {
  readonly name: string;
  /** What follows the name. */
  readonly synopsis: string;
  readonly about: string;
  readonly operands: Operands;
  readonly flags: FlagTable;
  /** Further paragraphs of the help: lists of words that an option takes. */
  readonly more?: readonly { readonly title: string; readonly words: readonly string[] }[];
  readonly examples: readonly Example[];
  readonly run: (
    given: ReadonlyMap<string, readonly string[]>,
    operands: readonly string[],
    session: Session,
  ) => Promise<Outcome>;
}

/** A command before its modules are read. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Reads the command's own modules only now, so that another command does not wait for them. */
  readonly load: () => Promise<Command>;
}

interface CommandSpec<F extends FlagTable> extends Omit<Command, 'run' | 'flags'> {
  readonly flags: F;
  readonly run: (flags: FlagValues<F>, operands: readonly string[], session: Session) => Promise<Outcome>;
}

/** A command whose flags reach it as values of their own types. */
export const defineCommand = <F extends FlagTable>(spec: CommandSpec<F>): Command => ({
  ...spec,
  run: (given, operands, session) => spec.run(readFlags(spec.flags, given), operands, session),
});
