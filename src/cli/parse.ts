import yargs, { type Argv } from 'yargs';
import { ToolError } from '../base/error.js';
import { excerpt } from '../base/escape.js';
import type { Command } from './command.js';
import { COMMANDS } from './command-table.js';
import type { FlagTable } from './flag.js';
import { GLOBAL_FLAGS } from './global-flags.js';
import { nearName } from './near.js';

/** A command line, taken apart. */
export interface ParsedLine {
  /** None: the help of the program as a whole is wanted. */
  readonly command?: Command;
  /** Values by the long name of the option, in their order. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
}

type Parsed = Readonly<Record<string, unknown>>;

const usage = (what: string, found: string, hint: string): ToolError =>
  new ToolError('USAGE', what, { found: `"${excerpt(found)}"`, hint });

const meant = (near: string | undefined, help: string): string =>
  near === undefined ? `see: ingot ${help}--help` : `did you mean ${near}? see: ingot ${help}--help`;

const helpOf = (command: Command | undefined): string => (command === undefined ? '' : `${command.name} `);

// yargs would convert numbers, split names at dots, negate --no-x, and collect or bind words in ways that a strict
// command line must not have.
const startYargs = (argv: readonly string[]): Argv =>
  yargs([...argv])
    .scriptName('ingot')
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .fail((message: string, error: Error | undefined) => {
      throw error ?? new ToolError('USAGE', message);
    })
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': true,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'populate--': true,
    });

const declare = (program: Argv, flags: FlagTable): Argv => {
  // The help is ours; yargs would put together one of its own for every command line.
  const hidden = { hidden: true } as const;
  let declared = program;
  for (const [name, { value, short }] of Object.entries(flags)) {
    const alias = short === undefined ? {} : { alias: short };
    // No type array: such an option swallows the words after it. A repeated text option is an array all the same.
    declared = declared.option(
      name,
      value === undefined
        ? { type: 'boolean', ...hidden, ...alias }
        : { type: 'string', nargs: 1, ...hidden, ...alias },
    );
  }
  return declared;
};

/** Long options as they are written; yargs drops some of them without a word, and takes any word for a switch's value. */
const checkLongOptions = (argv: readonly string[], flags: FlagTable, command: Command | undefined): void => {
  const end = argv.indexOf('--');
  for (const word of end < 0 ? argv : argv.slice(0, end)) {
    const parts = /^--([^=]+)(?:=([\s\S]*))?$/.exec(word);
    const name = parts?.[1];
    if (name === undefined) continue;
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (flag === undefined) {
      const near = nearName(name, Object.keys(flags));
      throw usage('no such option', `--${name}`, meant(near === undefined ? undefined : `--${near}`, helpOf(command)));
    }
    const value = parts?.[2];
    if (flag.value === undefined && value !== undefined && value !== 'true' && value !== 'false') {
      throw new ToolError('USAGE', 'the option takes no value', { subject: `--${name}`, found: `"${excerpt(value)}"` });
    }
  }
};

const givenOf = (parsed: Parsed, flags: FlagTable, command: Command | undefined): ParsedLine['given'] => {
  const shorts = new Set(Object.values(flags).map((flag) => flag.short));
  const given = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(parsed)) {
    if (key === '_' || key === '--' || key === '$0' || shorts.has(key) || value === undefined) continue;
    if (!Object.hasOwn(flags, key)) throw usage('no such option', `-${key}`, meant(undefined, helpOf(command)));
    given.set(key, (Array.isArray(value) ? value : [value]).map(String));
  }
  return given;
};

const checkOperands = (
  { name, operands: { name: what, min, max }, synopsis }: Command,
  operands: readonly string[],
): void => {
  if (operands.length >= min && operands.length <= max) return;
  const extra = operands[max];
  throw new ToolError('USAGE', operands.length < min ? `${what} is missing` : 'a word too many', {
    expected: `ingot ${name} ${synopsis}`,
    ...(extra === undefined ? {} : { found: `"${excerpt(extra)}"` }),
    hint: `see: ingot ${name} --help`,
  });
};

/** @throws {ToolError} USAGE */
export const parseCommandLine = async (argv: readonly string[]): Promise<ParsedLine> => {
  let command: Command | undefined;
  let program = declare(startYargs(argv), GLOBAL_FLAGS);
  for (const entry of COMMANDS) {
    program = program.command(
      entry.name,
      false,
      async (subprogram) => {
        command = await entry.load();
        return declare(subprogram, command.flags);
      },
      () => {},
    );
  }
  const parsed: Parsed = await program.parseAsync().catch((error: unknown) => {
    throw toUsage(error, command);
  });
  const flags: FlagTable = { ...GLOBAL_FLAGS, ...command?.flags };
  const words = ['_', '--'].flatMap((key) => (parsed[key] ?? []) as readonly (string | number)[]).map(String);
  const [first, ...operands] = words;
  if (command === undefined && first !== undefined) {
    throw usage(
      'no such command',
      first,
      meant(
        nearName(
          first,
          COMMANDS.map(({ name }) => name),
        ),
        '',
      ),
    );
  }
  checkLongOptions(argv, flags, command);
  const given = givenOf(parsed, flags, command);
  if (command === undefined) return { given, operands: [] };
  if (given.get('help')?.at(-1) !== 'true') checkOperands(command, operands);
  return { command, given, operands };
};

const toUsage = (error: unknown, command: Command | undefined): unknown => {
  if (error instanceof ToolError || !(error instanceof Error) || error.name !== 'YError') return error;
  const missing = /^Not enough arguments following: (.*)$/.exec(error.message)?.[1];
  return new ToolError('USAGE', missing === undefined ? error.message : 'the option needs a value', {
    ...(missing === undefined ? {} : { subject: missing.length === 1 ? `-${missing}` : `--${missing}` }),
    hint: meant(undefined, helpOf(command)),
    cause: error,
  });
};
