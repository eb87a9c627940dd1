import type { Digest } from '../../src/oci/digest.js';
import type { PolicyDocument } from '../../src/store/policy/language.js';
import { type Plan, planPolicy } from '../../src/store/policy/plan.js';
import { policyOf } from '../../src/store/policy/read.js';
import type { PolicyImage, PolicyName, PolicyStock } from '../../src/store/policy/stock.js';
import { digestBy } from './memory-place.js';

export const DAY = 86_400_000;

/** Some moment. */
export const NOW: number = Date.UTC(2024, 5, 1);

/** An image in short. Times are days before now; null for one that nobody knows. */
export interface ImageSketch {
  /** Stands for the digest. */
  readonly image: string;
  /** Names with the day on which each was moved. */
  readonly names?: Readonly<Record<string, number | null>>;
  readonly untagged?: number;
  readonly lastName?: string;
  readonly used?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly held?: 'pinned' | 'leased';
  readonly heldNames?: Readonly<Record<string, 'pinned' | 'immutable'>>;
  /** Letters of images. */
  readonly contains?: readonly string[];
  readonly subject?: string;
  /** Blobs with their bytes. */
  readonly blobs?: Readonly<Record<string, number>>;
}

export const digestFor = (image: string): Digest => digestBy(`image ${image}`);

/** Milliseconds since 1970 of some days before now. */
const ago = (days: number): number => NOW - days * DAY;

/**
 * A stock from sketches. Numbers of the store follow the days, and on one day the order of the sketches: the later is
 * the newer.
 */
export const stockOf = (sketches: readonly ImageSketch[], disk?: PolicyStock['disk']): PolicyStock => {
  const events = sketches.flatMap(({ image, names = {}, untagged }) => [
    ...Object.entries(names).map(([name, days]) => ({ key: name, days: days ?? Infinity })),
    ...(untagged === undefined ? [] : [{ key: image, days: untagged }]),
  ]);
  const order = events.toSorted((a, b) => b.days - a.days).map(({ key }) => key);
  const seq = (key: string): number => order.indexOf(key) + 1;
  const images = sketches.map((sketch): PolicyImage => {
    const { image, names = {}, untagged, lastName, used, labels = {}, held, heldNames, contains, subject } = sketch;
    return {
      digest: digestFor(image),
      names: Object.entries(names).map(([name, days]): PolicyName => ({
        name,
        ...(days === null ? {} : { seq: seq(name), tagged: ago(days), imported: ago(days) }),
        ...(heldNames?.[name] === undefined ? {} : { held: heldNames[name] }),
      })),
      labels,
      ...(untagged === undefined ? {} : { seq: seq(image), imported: ago(untagged), untagged: ago(untagged) }),
      ...(lastName === undefined ? {} : { lastName }),
      ...(used === undefined ? {} : { used: ago(used) }),
      ...(held === undefined ? {} : { held }),
      ...(subject === undefined ? {} : { subject: digestFor(subject) }),
      contains: (contains ?? []).map(digestFor),
      blobs: Object.entries(sketch.blobs ?? {}).map(([blob, size]): [Digest, number] => [digestBy(blob), size]),
    };
  });
  return { now: NOW, images, ...(disk === undefined ? {} : { disk }) };
};

export const planOf = (document: Omit<PolicyDocument, 'version'>, stock: PolicyStock): Plan =>
  planPolicy(policyOf({ version: 1, ...document }, 'policy.json'), stock);

/** What goes: names, and letters of images without one. Sorted. */
export const goneOf = (plan: Plan, sketches: readonly ImageSketch[] = []): readonly string[] =>
  plan.decisions
    .filter(({ action }) => action !== 'keep')
    .map(({ subject }) => sketches.find(({ image }) => digestFor(image) === subject)?.image ?? subject)
    .toSorted();

/** The stock after a plan was carried out. */
export const afterPlan = (stock: PolicyStock, plan: Plan): PolicyStock => {
  const removed = new Set<string>(plan.remove.map(({ digest }) => digest));
  const untagged = new Set(plan.untag.map(({ name }) => name));
  return {
    ...stock,
    images: stock.images
      .filter(({ digest }) => !removed.has(digest))
      .map((image) => ({ ...image, names: image.names.filter(({ name }) => !untagged.has(name)) })),
  };
};
