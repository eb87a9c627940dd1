import { ToolError } from '../../base/error.js';
import { checkName, nameFromRepoTag, nameText } from '../../content/name.js';
import { tryParseKnownDigest } from '../../oci/digest.js';
import { type NameRules, checkNameRules } from '../../store/commit.js';
import { type StoreState, rootOf } from '../../store/draft.js';
import { factSource, resolveImage } from '../../store/resolve.js';
import { storedRoot } from '../../store/stored-root.js';
import type { Store } from '../../store/store.js';
import { transact } from '../../store/transact.js';
import { matchesAny } from '../../store/pattern.js';
import type { TrashedRoot } from '../../store/trash.js';
import { type StockContext, storeToChange } from '../store-context.js';
import type { NameChange, PinReport, TagReport } from './report.js';

/** A listed image, or by its full digest one that lies inside an index of the store. */
const findRoot = async (store: Store, state: StoreState, text: string): Promise<TrashedRoot> => {
  try {
    return rootOf((await resolveImage(state, text, factSource(store, state))).entry);
  } catch (error) {
    const digest = tryParseKnownDigest(text);
    const stored = digest === undefined ? undefined : storedRoot(store.paths, store.limits, digest);
    if (stored === undefined || !(error instanceof ToolError) || error.code !== 'REFERENCE_NOT_FOUND') throw error;
    return stored;
  }
};

export interface TagOptions extends NameRules {
  /** Only says what would change. */
  readonly dryRun?: boolean;
}

/**
 * `tag`: gives an image more names. All or none.
 * @throws {ToolError} REFERENCE_INVALID, REFERENCE_NOT_FOUND, REFERENCE_AMBIGUOUS, NAME_TAKEN, NAME_IMMUTABLE,
 * NAME_MOVED; STORE_MISSING, STORE_LOCKED and what else a change of the store can be refused for
 */
export const tag = async (
  source: string,
  targets: readonly string[],
  options: TagOptions,
  context: StockContext,
): Promise<TagReport> => {
  const { dryRun = false, ...rules } = options;
  const names = targets.map(nameFromRepoTag);
  for (const name of names) checkName(name);
  const store = await storeToChange(context, 'tag');
  return transact(store, 'tag', async (draft, state, held) => {
    const root = await findRoot(held, state, source);
    const changes: NameChange[] = [];
    for (const name of names) {
      const text = nameText(name);
      const from = draft.entryOf(text)?.digest;
      checkNameRules(draft, held, text, root.digest, rules);
      const change = draft.setName(name, root, draft.refOf(draft.namesOf(root.digest)[0] ?? '')?.source ?? '');
      changes.push({ name: text, digest: root.digest, change, ...(from === undefined ? {} : { from }) });
    }
    const lost = changes.flatMap(({ from }) => (from === undefined ? [] : [from]));
    const dangling = [...new Set(lost)].filter((digest) => draft.namesOf(digest).length === 0);
    const result = { store: held.paths.root, dryRun, names: changes, dangling };
    return { result, write: !dryRun && draft.journal.length > 0 };
  });
};

export interface UntagOptions {
  readonly force: boolean;
  /** Names that are not there are no error. */
  readonly ignoreMissing: boolean;
  /** Only says what would change. */
  readonly dryRun?: boolean;
}

/**
 * `untag`: takes names away; an image that loses its last one stays without a name. All or none.
 * @throws {ToolError} REFERENCE_NOT_FOUND, NAME_IMMUTABLE, IMAGE_PINNED; as {@link tag}
 */
export const untag = async (
  targets: readonly string[],
  options: UntagOptions,
  context: StockContext,
): Promise<TagReport> => {
  const store = await storeToChange(context, 'untag');
  return transact(store, 'untag', async (draft, state, held) => {
    const names: NameChange[] = [];
    const dangling = [];
    for (const target of targets) {
      const found = await resolveImage(state, target, factSource(held, state)).catch((error: unknown) => {
        if (options.ignoreMissing && error instanceof ToolError && error.code === 'REFERENCE_NOT_FOUND')
          return undefined;
        throw error;
      });
      if (found === undefined) continue;
      const { name } = found;
      if (name === undefined) {
        throw new ToolError('REFERENCE_NOT_FOUND', 'a digest or image ID is no name', {
          subject: target,
          hint: 'name the name that is to go; rmi removes an image by its ID',
        });
      }
      if (!options.force && matchesAny(held.config.immutable, name)) {
        throw new ToolError('NAME_IMMUTABLE', 'the name may not be removed', { subject: name, hint: 'say --force' });
      }
      if (!options.force && draft.refOf(name)?.pinned === true) {
        throw new ToolError('IMAGE_PINNED', 'the name is pinned', {
          subject: name,
          hint: 'unpin it first, or say --force',
        });
      }
      const { digest, isLast } = draft.dropName(name);
      names.push({ name, digest, from: digest, change: 'removed' });
      if (isLast) dangling.push(digest);
    }
    const dryRun = options.dryRun ?? false;
    const result = { store: held.paths.root, dryRun, names, dangling };
    return { result, write: !dryRun && draft.journal.length > 0 };
  });
};

/**
 * `pin` and `unpin`: whether images are kept from `rmi` and `prune`. A name pins the name, a digest the image.
 * @throws as {@link tag}
 */
export const pin = async (targets: readonly string[], pinned: boolean, context: StockContext): Promise<PinReport> => {
  const verb = pinned ? 'pin' : 'unpin';
  const store = await storeToChange(context, verb);
  return transact(store, verb, async (draft, state, held) => {
    const pins = [];
    for (const target of targets) {
      const { name, digest } = await resolveImage(state, target, factSource(held, state));
      const changed = name === undefined ? draft.pinImage(digest, pinned) : draft.pinName(name, pinned);
      pins.push({ subject: name ?? digest, digest, pinned, changed });
    }
    return { result: { store: held.paths.root, pins }, write: draft.journal.length > 0 };
  });
};
