import { ToolError } from '../base/error.js';
import { excerpt } from '../base/escape.js';
import { type Platform, parsePlatform } from '../oci/platform.js';
import { PROFILE_CHOICES, canonicalChoice, parseRename } from '../operation/choice.js';
import type { OperationContext } from '../operation/context.js';
import { parseLocation } from '../operation/location.js';
import { DEFAULT_TRANSFER, type LayerMode, type TransferOptions } from '../operation/prepare.js';
import { mtimeOf } from './context.js';
import { type Flag, type FlagValues, choiceFlag, listFlag, parseText, switchFlag, valueFlag } from './flag.js';
import type { Io } from './io.js';

type Renames = TransferOptions['names'];

/** What is to happen to layers, and the codec of `gzip` if one was named. */
interface LayerChoice {
  readonly mode: LayerMode;
  readonly codec?: string;
}

const LAYER_MODES = ['keep', 'none', 'gzip', 'restore'] as const;

const layersFlag: Flag<LayerChoice> = {
  about: 'keep (default), none: decompressed, gzip[=CODEC]: compressed by a fixed codec, or restore',
  value: 'MODE',
  choices: LAYER_MODES,
  read: (given) => {
    const last = given.at(-1) ?? 'keep';
    const known = LAYER_MODES.find((mode) => mode === last);
    if (known !== undefined) return { mode: known };
    if (last.startsWith('gzip=')) return { mode: 'gzip', codec: last.slice('gzip='.length) };
    throw new ToolError('USAGE', 'no such mode', {
      expected: `${LAYER_MODES.join(', ')} or gzip=CODEC`,
      found: `"${excerpt(last)}"`,
    });
  },
};

/** Whole seconds since 1970, or a time by RFC 3339. */
const parseMtime = (text: string): number => {
  const seconds = /^\d{1,12}$/.test(text)
    ? Number(text)
    : /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.test(text)
      ? Math.floor(Date.parse(text.toUpperCase().replace(' ', 'T')) / 1000)
      : Number.NaN;
  if (!Number.isNaN(seconds)) return seconds;
  throw new ToolError('USAGE', 'not a time', {
    expected: 'seconds since 1970, or a time such as 2026-01-31T12:00:00Z',
    found: `"${excerpt(text)}"`,
  });
};

type TransferFlags = {
  readonly layers: Flag<LayerChoice>;
  readonly 'manifest-from': Flag<readonly string[]>;
  readonly lock: Flag<string | undefined>;
  readonly 'restore-best-effort': Flag<boolean>;
  readonly platform: Flag<readonly Platform[]>;
  readonly name: Flag<Renames>;
  readonly 'drop-referrers': Flag<boolean>;
  readonly 'allow-sparse': Flag<boolean>;
  readonly 'keep-annotations': Flag<boolean>;
  readonly mtime: Flag<number | undefined>;
  readonly 'docker-platform': Flag<Platform | undefined>;
};

/** What decides the bytes of a result, in every command that makes or compares one. */
export const TRANSFER_FLAGS: TransferFlags = {
  layers: layersFlag,
  'manifest-from': listFlag(
    'FILE',
    'for restore: a manifest, recipe, lock or location with the manifest; repeatable',
    parseText,
  ),
  lock: valueFlag('FILE', 'for restore: a lock that must record the recipe by its digest', parseText, { path: true }),
  'restore-best-effort': switchFlag('for restore: keep what cannot be restored instead of failing'),
  platform: listFlag('P', 'only images for this platform, such as linux/arm64; repeatable', parsePlatform),
  name: listFlag('[SRC=]NEW', 'rename SRC (a name, a digest, @N), or name the only image; repeatable', parseRename),
  'drop-referrers': switchFlag('leave out signatures and others that only refer to an image'),
  'allow-sparse': switchFlag('record blobs that are not there instead of refusing'),
  'keep-annotations': switchFlag('keep annotations of manifests that have to be replaced'),
  mtime: valueFlag(
    'TIME',
    'time in archive headers: seconds or RFC 3339 (default: $SOURCE_DATE_EPOCH, else 0)',
    parseMtime,
  ),
  'docker-platform': valueFlag(
    'P',
    'image of an index that manifest.json offers (default: linux/amd64)',
    parsePlatform,
  ),
};

const [DEFAULT_PROFILE = ''] = PROFILE_CHOICES;

/** What else decides the bytes of a canonical archive. */
export const CANONICAL_FLAGS: TransferFlags & { readonly profile: Flag<string> } = {
  profile: choiceFlag(
    'NAME',
    `${DEFAULT_PROFILE} (default) or oci-1: without manifest.json`,
    PROFILE_CHOICES,
    DEFAULT_PROFILE,
  ),
  ...TRANSFER_FLAGS,
};

export const DEEP_FLAG: Flag<boolean> = switchFlag('also decompress every layer and check its diffID');

export const FSYNC_FLAG: Flag<boolean> = switchFlag('wait until the disk has the archive');

interface TransferValues {
  readonly layers: LayerChoice;
  readonly 'manifest-from': readonly string[];
  readonly lock: string | undefined;
  readonly 'restore-best-effort': boolean;
  readonly platform: readonly Platform[];
  readonly name: Renames;
  readonly 'drop-referrers': boolean;
  readonly 'allow-sparse': boolean;
  readonly 'keep-annotations': boolean;
  readonly deep?: boolean;
}

/** The flags as the operations take them. @throws {ToolError} USAGE for options that have no use without each other */
export const transferOptions = (flags: TransferValues): TransferOptions => {
  const { mode, codec } = flags.layers;
  const from = flags['manifest-from'];
  if (mode === 'restore' && from.length === 0) {
    throw new ToolError('USAGE', '--layers restore needs to know the manifest', { expected: '--manifest-from FILE' });
  }
  if (mode !== 'restore' && (from.length > 0 || flags.lock !== undefined || flags['restore-best-effort'])) {
    throw new ToolError('USAGE', '--manifest-from, --lock and --restore-best-effort are for --layers restore');
  }
  return {
    platforms: flags.platform,
    names: flags.name,
    dropReferrers: flags['drop-referrers'],
    allowSparse: flags['allow-sparse'],
    layers: mode,
    codec: codec ?? DEFAULT_TRANSFER.codec,
    manifestFrom: from,
    ...(flags.lock === undefined ? {} : { recipeLock: flags.lock }),
    bestEffort: flags['restore-best-effort'],
    keepAnnotations: flags['keep-annotations'],
    deep: flags.deep ?? false,
  };
};

/** The settings of the bytes, from options and environment. @throws {ToolError} USAGE */
export const canonicalOptions = (
  flags: {
    readonly profile?: string;
    readonly mtime: number | undefined;
    readonly 'docker-platform': Platform | undefined;
  },
  env: Io['env'],
): ReturnType<typeof canonicalChoice> =>
  canonicalChoice({
    ...mtimeOf(flags.mtime, env),
    ...(flags.profile === undefined ? {} : { profile: flags.profile }),
    ...(flags['docker-platform'] === undefined ? {} : { dockerPlatform: flags['docker-platform'] }),
  });

type StoreFlags = {
  readonly link: Flag<boolean>;
  readonly paranoid: Flag<boolean>;
  readonly 'no-clobber': Flag<boolean>;
  readonly force: Flag<boolean>;
};

/** How images come into the store. */
export const STORE_FLAGS: StoreFlags = {
  link: switchFlag('into the store: take whole blob files of a layout by a hard link; nobody may write to them then'),
  paranoid: switchFlag('into the store: also hash the blobs that are there already'),
  'no-clobber': switchFlag('into the store: refuse to move a name that means another image'),
  force: switchFlag('into the store: move names that its setting immutable protects, too'),
};

/**
 * The context for a destination, with what the flags say about the store.
 * @throws {ToolError} USAGE where one of them is given for another place
 */
export const storeContext = (
  flags: FlagValues<StoreFlags>,
  destination: string,
  context: OperationContext,
): OperationContext => {
  const given = Object.entries(flags).find(([name, value]) => Object.hasOwn(STORE_FLAGS, name) && value === true);
  if (given === undefined || context.store === undefined) return context;
  if (parseLocation(destination, context.pathExists, 'with a store').transport !== 'store') {
    throw new ToolError('USAGE', 'the option is for images that go into the store', {
      subject: `--${given[0]}`,
      found: `the destination "${excerpt(destination)}"`,
    });
  }
  const { link: hardLink, paranoid, force } = flags;
  return {
    ...context,
    store: { ...context.store, hardLink, paranoid, rules: { noClobber: flags['no-clobber'], force } },
  };
};
