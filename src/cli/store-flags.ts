import type { MigrateOptions } from '../operation/stock/admin.js';
import { parseDuration } from '../operation/stock/measure.js';
import { type Flag, type FlagValues, choiceFlag, listFlag, parseText, valueFlag } from './flag.js';

const UNCHANGED = 'unchanged';

type SettingFlags = {
  readonly lock: Flag<'unchanged' | 'ofd' | 'flock'>;
  readonly trash: Flag<number | undefined>;
  readonly grace: Flag<number | undefined>;
  readonly lease: Flag<number | undefined>;
  readonly immutable: Flag<readonly string[]>;
  readonly 'ref-name': Flag<'unchanged' | 'full' | 'tag'>;
  readonly fsync: Flag<'unchanged' | 'yes' | 'no'>;
};

/** Settings of a store that `store migrate` changes. */
export const SETTING_FLAGS: SettingFlags = {
  lock: choiceFlag('KIND', 'ofd (fs-native-extensions) or flock (the program)', [UNCHANGED, 'ofd', 'flock'], UNCHANGED),
  trash: valueFlag('DURATION', 'how long removed images can be restored, such as 7d', parseDuration),
  grace: valueFlag('DURATION', 'how long gc leaves new blobs alone, such as 1h', parseDuration),
  lease: valueFlag('DURATION', 'how long a lease lasts, such as 1d', parseDuration),
  immutable: listFlag(
    'PATTERN',
    "names that may not be moved or removed, such as 'v*'; repeatable, replaces the list; - for none",
    parseText,
  ),
  'ref-name': choiceFlag(
    'STYLE',
    'what other tools see as the name: the full name, or only the tag',
    [UNCHANGED, 'full', 'tag'],
    UNCHANGED,
  ),
  fsync: choiceFlag(
    'YES|NO',
    'whether to wait for the disk; no is for machines that are thrown away',
    [UNCHANGED, 'yes', 'no'],
    UNCHANGED,
  ),
};

/** What the flags ask to change. */
export const migrateOptions = (flags: FlagValues<SettingFlags>): MigrateOptions & { readonly isChange: boolean } => {
  const { lock, trash, grace, lease, immutable, fsync } = flags;
  const refName = flags['ref-name'];
  const settings = {
    ...(trash === undefined ? {} : { trash }),
    ...(grace === undefined ? {} : { grace }),
    ...(lease === undefined ? {} : { lease }),
    ...(immutable.length === 0 ? {} : { immutable: immutable.filter((pattern) => pattern !== '-') }),
    ...(refName === UNCHANGED ? {} : { refName }),
    ...(fsync === UNCHANGED ? {} : { fsync: fsync === 'yes' }),
  };
  const isChange = lock !== UNCHANGED || Object.keys(settings).length > 0;
  return { isChange, settings, ...(lock === UNCHANGED ? {} : { lock }) };
};
