import { ToolError } from '../../base/error.js';
import type { Digest } from '../../oci/digest.js';
import { timeText } from '../../store/clock.js';
import type { Draft } from '../../store/draft.js';
import { namePattern } from '../../store/pattern.js';
import { type Resolved, resolveImage } from '../../store/resolve.js';
import type { Store } from '../../store/store.js';
import { transact } from '../../store/transact.js';
import { type StockContext, storeToChange } from '../store-context.js';
import { imageConflicts, nameConflicts, namesConflict } from './conflict.js';
import { referrersOf } from './referrers.js';
import type { Conflict, NameChange, RemovedImage, RmiReport } from './report.js';
import { type Stock, takeStock } from './stock.js';

export interface RmiOptions {
  /** Remove what is pinned, leased or immutable, too. */
  readonly force: boolean;
  /** An ID stands for all names of its image. */
  readonly allNames: boolean;
  readonly ignoreMissing: boolean;
  /** Also every name that fits one of the patterns. */
  readonly patterns: readonly string[];
  /** Nothing rests in the trash. */
  readonly purge: boolean;
  readonly dryRun: boolean;
}

export const DEFAULT_RMI: RmiOptions = {
  force: false,
  allNames: false,
  ignoreMissing: false,
  patterns: [],
  purge: false,
  dryRun: false,
};

/** What each image loses: some of its names, or everything. */
interface Loss {
  readonly digest: Digest;
  readonly names: Set<string>;
  isWhole: boolean;
}

interface Wanted {
  readonly losses: ReadonlyMap<Digest, Loss>;
  readonly conflicts: readonly Conflict[];
  readonly missing: readonly string[];
}

const find = async (stock: Stock, target: string, options: RmiOptions): Promise<Resolved | undefined> => {
  try {
    return await resolveImage(stock.state, target, async () => stock.facts);
  } catch (error) {
    if (options.ignoreMissing && error instanceof ToolError && error.code === 'REFERENCE_NOT_FOUND') return undefined;
    throw error;
  }
};

const nothingFits = (pattern: string): ToolError =>
  new ToolError('REFERENCE_NOT_FOUND', 'no name in the store fits the pattern', {
    subject: pattern,
    hint: 'ingot images lists what is there',
  });

const wantedOf = async (
  targets: readonly string[],
  stock: Stock,
  draft: Draft,
  options: RmiOptions,
): Promise<Wanted> => {
  const losses = new Map<Digest, Loss>();
  const lossOf = (digest: Digest): Loss => {
    const loss = losses.get(digest) ?? { digest, names: new Set<string>(), isWhole: false };
    losses.set(digest, loss);
    return loss;
  };
  const byId = new Map<Digest, string>();
  const missing: string[] = [];
  for (const target of targets) {
    const found = await find(stock, target, options);
    if (found === undefined) missing.push(target);
    else if (found.name === undefined) byId.set(found.digest, target);
    else lossOf(found.digest).names.add(found.name);
  }
  for (const pattern of options.patterns) {
    const fits = namePattern(pattern);
    const fitting = stock.images.flatMap(({ digest, names }) => names.filter(fits).map((name) => ({ digest, name })));
    for (const { digest, name } of fitting) lossOf(digest).names.add(name);
    if (fitting.length > 0) continue;
    if (!options.ignoreMissing) throw nothingFits(pattern);
    missing.push(pattern);
  }
  const conflicts: Conflict[] = [];
  for (const [digest, target] of byId) {
    const loss = lossOf(digest);
    const names = draft.namesOf(digest);
    const others = names.filter((name) => !loss.names.has(name));
    if (others.length > 1 && !options.allNames) conflicts.push(namesConflict(digest, target, names));
    for (const name of names) loss.names.add(name);
    loss.isWhole = true;
  }
  for (const loss of losses.values()) loss.isWhole ||= draft.namesOf(loss.digest).every((name) => loss.names.has(name));
  return { losses, conflicts, missing };
};

const conflictsOf = (draft: Draft, store: Store, stock: Stock, { losses, conflicts }: Wanted): readonly Conflict[] => [
  ...conflicts,
  ...[...losses.values()].flatMap(({ digest, names, isWhole }) => [
    ...nameConflicts(draft, store.config, digest, [...names]),
    ...(isWhole
      ? imageConflicts(draft, digest, stock.images.find((image) => image.digest === digest)?.leases ?? [])
      : []),
  ]),
];

const apply = async (
  draft: Draft,
  store: Store,
  stock: Stock,
  wanted: Wanted,
  options: RmiOptions,
): Promise<Pick<RmiReport, 'untagged' | 'removed'>> => {
  const untagged: NameChange[] = [];
  const removed: RemovedImage[] = [];
  const losses = [...wanted.losses.values()];
  const whole = new Set(losses.filter(({ isWhole }) => isWhole).map(({ digest }) => digest));
  const rests = !options.purge && store.config.trash > 0;
  const expires = rests ? { expires: timeText(store.now() + store.config.trash * 1000) } : {};
  for (const { digest, names, isWhole } of losses) {
    if (isWhole) {
      const referrers = (await referrersOf(store, stock, new Set([digest]))).filter((other) => !whole.has(other));
      removed.push({ digest, names: draft.namesOf(digest), reason: 'removed', ...expires });
      for (const other of referrers)
        removed.push({ digest: other, names: [], reason: `refers to ${digest}`, ...expires });
      draft.removeImage(digest, referrers, 'removed', rests ? 'rests' : 'goes');
      continue;
    }
    for (const name of names) {
      draft.dropName(name);
      untagged.push({ name, digest, from: digest, change: 'removed' });
    }
  }
  return { untagged, removed };
};

/**
 * `rmi`: takes names away, and images with their last name, into the trash. What is meant by its ID goes with all of
 * its names. If anything stands in the way, nothing is removed and the report says what.
 * @throws {ToolError} REFERENCE_NOT_FOUND, REFERENCE_AMBIGUOUS; STORE_MISSING, STORE_LOCKED, STORE_CHANGED,
 * STORE_INDEX_INVALID, STORE_STATE_INVALID; system errors
 */
export const rmi = async (
  targets: readonly string[],
  options: RmiOptions,
  context: StockContext,
): Promise<RmiReport> => {
  const store = await storeToChange(context, 'rmi');
  return transact(store, 'rmi', async (draft, state, held) => {
    const stock = await takeStock(held, state);
    const wanted = await wantedOf(targets, stock, draft, options);
    const found = conflictsOf(draft, held, stock, wanted);
    const conflicts = options.force ? found.filter(({ kind }) => kind === 'multiple-names') : found;
    const base = { store: held.paths.root, dryRun: options.dryRun, conflicts, missing: wanted.missing };
    if (conflicts.length > 0) return { result: { ...base, untagged: [], removed: [] }, write: false };
    const done = await apply(draft, held, stock, wanted, options);
    return { result: { ...base, ...done }, write: !options.dryRun && draft.journal.length > 0 };
  });
};
