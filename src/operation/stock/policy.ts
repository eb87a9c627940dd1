import type { Note } from '../../base/event.js';
import type { Digest } from '../../oci/digest.js';
import { timeText } from '../../store/clock.js';
import { type Draft, rootOf } from '../../store/draft.js';
import { type Plan, planPolicy } from '../../store/policy/plan.js';
import { parsePolicy } from '../../store/policy/read.js';
import type { Policy } from '../../store/policy/language.js';
import type { PolicyStock } from '../../store/policy/stock.js';
import { type Store, withLock } from '../../store/store.js';
import { readState, transactLocked } from '../../store/transact.js';
import { readSmall } from '../host.js';
import { type StockContext, storeToChange } from '../store-context.js';
import type { PolicyReport } from './policy-report.js';
import { policyStockOf } from './policy-stock.js';
import type { NameChange, RemovedImage } from './report.js';

export interface PolicyOptions {
  /** The plan that must come out; else nothing is done. */
  readonly expect?: Digest;
  /** Remove more than half of a repository. */
  readonly yesReally: boolean;
}

/** @throws {ToolError} POLICY_INVALID, JSON_*, LIMIT_METADATA; system errors */
export const loadPolicy = async (path: string, { limits }: StockContext): Promise<Policy> =>
  parsePolicy(await readSmall(path, limits.document, 'LIMIT_METADATA'), path, limits);

const notesOf = (plan: Plan, { expect, yesReally }: PolicyOptions): readonly Note[] => [
  ...(expect === undefined || expect === plan.id
    ? []
    : [
        {
          code: 'POLICY_PLAN_CHANGED',
          severity: 'error',
          message: 'the plan is not the one that was expected: the policy or the store has changed',
          expected: expect,
          found: plan.id,
        } as const,
      ]),
  ...plan.notes.map((note): Note => (note.code === 'POLICY_GUARD' && yesReally ? { ...note, severity: 'info' } : note)),
];

const expiryOf = (store: Store): { readonly expires?: string } =>
  store.config.trash > 0 ? { expires: timeText(store.now() + store.config.trash * 1000) } : {};

const reportOf = (store: Store, path: string, plan: Plan, notes: readonly Note[]): PolicyReport => {
  const expires = expiryOf(store);
  return {
    store: store.paths.root,
    policy: path,
    plan: plan.id,
    applied: false,
    decisions: plan.decisions,
    untagged: plan.untag.map(({ name, digest }): NameChange => ({ name, digest, from: digest, change: 'removed' })),
    removed: plan.remove.map((image): RemovedImage => ({ ...image, ...expires })),
    notes,
  };
};

/** What goes rests as long as the policy says, or else as the store does. */
const restingAs = (store: Store, { trash }: Policy): Store =>
  trash === undefined ? store : { ...store, config: { ...store.config, trash: Math.ceil(trash.milliseconds / 1000) } };

/** Artifacts without a name go into the trash with the image that they refer to, so that they come back with it. */
const companionsOf = (plan: Plan, { images }: PolicyStock): ReadonlyMap<Digest, readonly Digest[]> => {
  const subjects = new Map(images.map(({ digest, subject }) => [digest, subject]));
  const unnamed = new Set(plan.remove.filter(({ names }) => names.length === 0).map(({ digest }) => digest));
  const owners = new Map<Digest, Digest>();
  for (const { digest } of plan.remove) {
    for (const part of images.find((image) => image.digest === digest)?.contains ?? []) owners.set(part, digest);
  }
  for (const { digest } of plan.remove) owners.set(digest, digest);
  const companions = new Map<Digest, Digest[]>();
  for (const { digest } of plan.remove) {
    const seen = new Set<Digest>();
    let root = digest;
    while (unnamed.has(root) && !seen.has(root)) {
      seen.add(root);
      root = owners.get(subjects.get(root) ?? root) ?? root;
    }
    if (root !== digest) companions.set(root, [...(companions.get(root) ?? []), digest]);
  }
  return companions;
};

const carryOut = (draft: Draft, plan: Plan, stock: PolicyStock): void => {
  const companions = companionsOf(plan, stock);
  const accompanying = new Set([...companions.values()].flat());
  for (const { name, reason } of plan.untag) {
    const entry = draft.entryOf(name);
    if (entry === undefined) continue;
    draft.trashRoot(rootOf(entry), [name], [], `policy: ${reason}`);
    draft.dropName(name);
  }
  for (const { digest, reason } of plan.remove) {
    if (!accompanying.has(digest)) draft.removeImage(digest, companions.get(digest) ?? [], `policy: ${reason}`);
  }
};

/**
 * `policy plan`: what `policy apply` would do now. Changes nothing.
 * @throws {ToolError} POLICY_INVALID, JSON_*; STORE_MISSING, STORE_LOCKED, STORE_INDEX_INVALID, STORE_STATE_INVALID;
 * BLOB_CORRUPT and others for what cannot be read for sure; system errors
 */
export const planByPolicy = async (
  path: string,
  options: PolicyOptions,
  context: StockContext,
): Promise<PolicyReport> => {
  const policy = await loadPolicy(path, context);
  const store = await storeToChange(context, 'policy plan');
  return withLock(store, 'shared', async (held) => {
    const facts = await policyStockOf(held, await readState(held), policy);
    const plan = planPolicy(policy, facts);
    return reportOf(restingAs(held, policy), path, plan, notesOf(plan, options));
  });
};

/**
 * `policy apply`: makes the plan anew while nobody else changes the store, and does it: names and images go into the
 * trash. Again, it does nothing. If a note of the report is an error, nothing was done.
 * @throws as {@link planByPolicy}; STORE_CHANGED; NO_SPACE, PERMISSION_DENIED
 */
export const applyPolicy = async (
  path: string,
  options: PolicyOptions,
  context: StockContext,
): Promise<PolicyReport> => {
  const policy = await loadPolicy(path, context);
  const store = await storeToChange(context, 'policy apply');
  return withLock(store, 'exclusive', (locked) => {
    const held = restingAs(locked, policy);
    return transactLocked(held, 'policy', async (draft, state) => {
      const facts = await policyStockOf(held, state, policy);
      const plan = planPolicy(policy, facts);
      const notes = notesOf(plan, options);
      const report = reportOf(held, path, plan, notes);
      if (notes.some(({ severity }) => severity === 'error')) return { result: report, write: false };
      carryOut(draft, plan, facts);
      return { result: { ...report, applied: true }, write: draft.journal.length > 0 };
    });
  });
};
