import type { Note } from '../../base/event.js';
import { compareBytes } from '../../base/order.js';
import type { Digest } from '../../oci/digest.js';
import type { Amount, Limits } from './language.js';
import { compareNatural } from './order.js';
import { type Candidate, type PolicyImage, type PolicyStock, usedAt } from './stock.js';

/** What is known about a candidate when limits are looked at. */
export interface LimitDraft {
  readonly candidate: Candidate;
  readonly goes: boolean;
  readonly why: string;
}

export interface Chosen {
  /** Images that go for a limit, and why. */
  readonly going: ReadonlyMap<Digest, string>;
  readonly notes: readonly Note[];
}

const NOTHING: Chosen = { going: new Map(), notes: [] };

interface Spare {
  readonly image: PolicyImage;
  readonly used: number;
  readonly tag: string;
}

/**
 * Images that a limit may take: rules with conditions decided about each of their names, and nothing keeps one. What no
 * rule decides, what is protected or held, and what a rule keeps is not touched. Nor is what nobody knows the use of.
 */
const sparesOf = (drafts: readonly LimitDraft[]): readonly Spare[] => {
  const groups = new Map<Digest, LimitDraft[]>();
  for (const draft of drafts) {
    const { digest } = draft.candidate.image;
    groups.set(digest, [...(groups.get(digest) ?? []), draft]);
  }
  return [...groups.values()].flatMap((group): readonly Spare[] => {
    const [first] = group;
    const times = group.map(({ candidate }) => usedAt(candidate));
    const known = times.filter((time) => time !== undefined);
    const isHeld = group.some(({ candidate: { name, image } }) => (name?.held ?? image.held) !== undefined);
    const isSpare = !isHeld && group.every(({ goes, why }) => goes || why === 'not-due');
    if (first === undefined || !isSpare || known.length < times.length) return [];
    if (group.every(({ goes }) => goes)) return [];
    return [{ image: first.candidate.image, used: Math.max(...known), tag: first.candidate.subject }];
  });
};

/** The least recently used first. */
const byUse = (a: Spare, b: Spare): number =>
  a.used - b.used || compareNatural(a.tag, b.tag) || compareBytes(a.image.digest, b.image.digest);

/** Bytes of blobs by how many images need them. */
class Footprint {
  readonly #owners = new Map<Digest, number>();
  bytes = 0;

  add({ blobs }: PolicyImage): void {
    for (const [digest, size] of blobs) {
      const owners = this.#owners.get(digest) ?? 0;
      if (owners === 0) this.bytes += size;
      this.#owners.set(digest, owners + 1);
    }
  }

  remove({ blobs }: PolicyImage): void {
    for (const [digest, size] of blobs) {
      const owners = (this.#owners.get(digest) ?? 0) - 1;
      if (owners === 0) this.bytes -= size;
      this.#owners.set(digest, owners);
    }
  }
}

const bytesOf = (amount: Amount, whole: number | undefined): number | undefined => {
  if ('bytes' in amount) return amount.bytes;
  return whole === undefined ? undefined : Math.floor((whole * amount.percent) / 100);
};

const unmet = (subject: string, expected: string, found: string): Note => ({
  code: 'POLICY_LIMIT_UNMET',
  severity: 'warning',
  message: 'a limit is not reached: what is left is kept by rules, or no rule decides about it',
  subject,
  expected,
  found,
});

/**
 * What goes beyond the rules, so that the limits hold. Bytes that the trash holds are taken for free, since they will
 * be: otherwise each run would take more.
 */
export const chooseForLimits = (
  { maxSize, minFree }: Limits,
  drafts: readonly LimitDraft[],
  { images, disk }: PolicyStock,
): Chosen => {
  if (maxSize === undefined && minFree === undefined) return NOTHING;
  const footprint = new Footprint();
  for (const image of images) footprint.add(image);
  const before = footprint.bytes;
  const leaving = new Map<Digest, boolean>();
  for (const { candidate, goes } of drafts) {
    const { digest } = candidate.image;
    leaving.set(digest, (leaving.get(digest) ?? true) && goes);
  }
  for (const image of images) if (leaving.get(image.digest) === true) footprint.remove(image);
  const most = maxSize === undefined ? undefined : bytesOf(maxSize, disk?.size);
  const least = minFree === undefined ? undefined : bytesOf(minFree, disk?.size);
  const free = (): number | undefined =>
    disk === undefined ? undefined : disk.free + disk.pending + before - footprint.bytes;
  const broken = (): 'maxSize' | 'minFree' | undefined => {
    if (most !== undefined && footprint.bytes > most) return 'maxSize';
    const now = free();
    return least !== undefined && now !== undefined && now < least ? 'minFree' : undefined;
  };
  const going = new Map<Digest, string>();
  for (const { image } of sparesOf(drafts).toSorted(byUse)) {
    const limit = broken();
    if (limit === undefined) break;
    const text = limit === 'maxSize' ? maxSize?.text : minFree?.text;
    going.set(image.digest, `${limit} ${text ?? ''}: it was not used for the longest time`);
    footprint.remove(image);
  }
  const left = broken();
  if (left === undefined) return { going, notes: [] };
  const note =
    left === 'maxSize'
      ? unmet('maxSize', `at most ${most} bytes`, `${footprint.bytes} bytes`)
      : unmet('minFree', `at least ${least} bytes`, `${free() ?? 0} bytes`);
  return { going, notes: [note] };
};
