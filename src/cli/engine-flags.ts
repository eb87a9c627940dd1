import { ToolError } from '../base/error.js';
import { type EngineFilter, parseEngineFilter } from '../operation/engine/filter.js';
import type { EngineRmiOptions } from '../operation/engine/plan-rmi.js';
import type { Example } from './command.js';
import { type Flag, type FlagValues, listFlag, parseCount, parseText, switchFlag, valueFlag } from './flag.js';

/** A type, not an interface: only types fit an index signature. */
type EngineFlags = {
  readonly all: Flag<boolean>;
  readonly filter: Flag<readonly EngineFilter[]>;
  readonly 'all-names': Flag<boolean>;
  readonly 'remove-stopped': Flag<boolean>;
  readonly stop: Flag<readonly string[]>;
  readonly 'stop-timeout': Flag<number | undefined>;
  readonly 'untag-anyway': Flag<boolean>;
  readonly 'allow-parent': Flag<boolean>;
  readonly 'ignore-missing': Flag<boolean>;
  readonly 'dry-run': Flag<boolean>;
  readonly yes: Flag<boolean>;
};

/** Options of all words of `engine`; {@link ENGINE_WORDS} says which word takes which. */
export const ENGINE_FLAGS: EngineFlags = {
  all: switchFlag('images: intermediate images, too; prune: images with names, too', { short: 'a' }),
  filter: listFlag(
    'FILTER',
    'images, prune: label=K[=V], reference=PATTERN, id=, dangling=, used=; each also with !=',
    parseEngineFilter,
  ),
  'all-names': switchFlag('rmi: an ID stands for all names of its image'),
  'remove-stopped': switchFlag('rmi: delete containers that use the image and do not run'),
  stop: listFlag(
    'NAME',
    'rmi: stop this container if it uses the image; with --remove-stopped it is deleted then',
    parseText,
  ),
  'stop-timeout': valueFlag('SECONDS', 'rmi: how long a container may take to stop (default: 10)', parseCount),
  'untag-anyway': switchFlag('rmi: take the last name although containers use the image, which stays without one'),
  'allow-parent': switchFlag('rmi: remove images on which others were built'),
  'ignore-missing': switchFlag('rmi: what is not there is no error'),
  'dry-run': switchFlag('rmi, prune: show the plan and do nothing'),
  yes: switchFlag('prune: carry the plan out', { short: 'y' }),
};

export type EngineFlagValues = FlagValues<EngineFlags>;

interface EngineWord {
  readonly flags: readonly (keyof EngineFlagValues)[];
  readonly min: number;
  readonly max: number;
}

type EngineWordName = 'images' | 'rmi' | 'prune' | 'info';

const ENGINE_WORDS: Readonly<Record<EngineWordName, EngineWord>> = {
  images: { flags: ['all', 'filter'], min: 0, max: Infinity },
  rmi: {
    flags: [
      'all-names',
      'remove-stopped',
      'stop',
      'stop-timeout',
      'untag-anyway',
      'allow-parent',
      'ignore-missing',
      'dry-run',
    ],
    min: 1,
    max: Infinity,
  },
  prune: { flags: ['all', 'filter', 'dry-run', 'yes'], min: 0, max: 0 },
  info: { flags: [], min: 0, max: 0 },
};

const isGiven = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;

/**
 * The word after `engine`, with the options that it takes.
 * @throws {ToolError} USAGE
 */
export const engineWord = (word: string, operands: readonly string[], flags: EngineFlagValues): EngineWordName => {
  const names = Object.keys(ENGINE_WORDS) as EngineWordName[];
  const name = names.find((known) => known === word);
  const hint = 'see: ingot engine --help';
  if (name === undefined) {
    throw new ToolError('USAGE', 'no such word of engine', { expected: names.join(', '), found: `"${word}"`, hint });
  }
  const { min, max, flags: own } = ENGINE_WORDS[name];
  if (operands.length < min)
    throw new ToolError('USAGE', 'IMAGE is missing', { expected: `ingot engine ${name} IMAGE...`, hint });
  const extra = operands[max];
  if (extra !== undefined) throw new ToolError('USAGE', 'a word too many', { found: `"${extra}"`, hint });
  for (const [flag, value] of Object.entries(flags)) {
    if (!isGiven(value) || own.some((known) => known === flag)) continue;
    throw new ToolError('USAGE', `engine ${name} does not take this option`, { subject: `--${flag}`, hint });
  }
  return name;
};

/** What `rmi` may do. */
export const rmiOptions = (flags: EngineFlagValues): EngineRmiOptions => ({
  allNames: flags['all-names'],
  removeStopped: flags['remove-stopped'],
  stop: flags.stop,
  stopSeconds: flags['stop-timeout'] ?? 10,
  untagAnyway: flags['untag-anyway'],
  allowParent: flags['allow-parent'],
  ignoreMissing: flags['ignore-missing'],
});

/** True if `prune` is to do what it plans. @throws {ToolError} USAGE */
export const pruneRuns = (flags: EngineFlagValues): boolean => {
  if (flags.yes && flags['dry-run']) throw new ToolError('USAGE', '--yes and --dry-run exclude each other');
  return flags.yes;
};

export const ENGINE_EXAMPLES: readonly Example[] = [
  { line: 'ingot engine info', says: 'which engine it is' },
  { line: 'ingot engine images', says: 'what is there, and which containers use it' },
  { line: 'ingot engine images --filter used=false --json', says: 'images that no container uses' },
  { line: 'ingot engine rmi app:1 --dry-run', says: 'what would happen' },
  { line: 'ingot engine rmi app:1', says: 'take a name away, and the image with its last one' },
  { line: 'ingot engine rmi job:1', says: 'refused: a container that has ended still uses it', exit: 1 },
  { line: 'ingot engine rmi job:1 --remove-stopped', says: 'with the containers that have ended' },
  { line: 'ingot engine rmi web:1 --stop web --remove-stopped', says: 'with one that runs' },
  { line: 'ingot engine prune --all --filter label!=keep', says: 'what nobody needs: the plan' },
  { line: 'ingot engine prune --yes', says: 'images without a name, now' },
];
