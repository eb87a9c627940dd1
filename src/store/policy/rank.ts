import { compareBytes } from '../../base/order.js';
import type { Per, Rule } from './language.js';
import { type Version, compareNatural, compareVersions, parseVersion } from './order.js';
import { type Candidate, timeOf, usedAt } from './stock.js';

/** What a rule counts: a tag, or an image with its tags in one repository. */
export interface Unit {
  readonly key: string;
  readonly members: readonly Candidate[];
}

/** The units of some candidates, in their order. */
export const unitsOf = (candidates: readonly Candidate[], { count }: Rule): readonly Unit[] => {
  if (count === 'tags') return candidates.map((candidate) => ({ key: candidate.subject, members: [candidate] }));
  const units = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const key = `${candidate.repo}@${candidate.image.digest}`;
    const members = units.get(key);
    if (members === undefined) units.set(key, [candidate]);
    else members.push(candidate);
  }
  return [...units].map(([key, members]) => ({ key, members }));
};

/** The latest of the times; undefined if one of them is unknown. */
const latest = (times: readonly (number | undefined)[]): number | undefined => {
  const known = times.filter((time) => time !== undefined);
  return known.length < times.length || known.length === 0 ? undefined : Math.max(...known);
};

export const unitTime = ({ members }: Unit): number | undefined => latest(members.map(timeOf));
export const unitUsed = ({ members }: Unit): number | undefined => latest(members.map(usedAt));

const seqOf = ({ members }: Unit): number | undefined =>
  latest(members.map(({ name, image }) => (name === undefined ? image.seq : name.seq)));

/** The tag that comes last as people count; '' for an image without one. */
const lastTag = ({ members }: Unit): string =>
  members
    .flatMap(({ tag }) => (tag === undefined ? [] : [tag]))
    .toSorted(compareNatural)
    .at(-1) ?? '';

/** The highest version among the tags. */
const versionOf = ({ members }: Unit): Version | undefined =>
  members
    .flatMap(({ tag }) => (tag === undefined ? [] : (parseVersion(tag) ?? [])))
    .toSorted(compareVersions)
    .at(-1);

/** The group that a unit is counted in; undefined if nobody knows. */
const groupOf = (unit: Unit, per: Per): string | undefined => {
  const [first] = unit.members;
  const repo = first?.repo ?? '';
  switch (per.kind) {
    case 'repo':
      return repo;
    case 'semver-minor': {
      const version = versionOf(unit);
      return version === undefined ? undefined : `${repo} ${version.major}.${version.minor}`;
    }
    case 'label': {
      const labels = first?.image.labels ?? {};
      return Object.hasOwn(labels, per.key) ? `${repo} ${per.key}=${labels[per.key] ?? ''}` : undefined;
    }
  }
};

type Key = number | Version | string;

const keyOf = (unit: Unit, by: Rule['by']): Key | undefined => {
  switch (by) {
    case 'tagged':
      return seqOf(unit);
    case 'imported':
      return latest(unit.members.map(({ name, image }) => (name === undefined ? image.imported : name.imported)));
    case 'used':
      return unitUsed(unit);
    case 'semver':
      return versionOf(unit);
    case 'name':
      return lastTag(unit);
  }
};

const compareKeys = (a: Key, b: Key): number => {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'object' && typeof b === 'object') return compareVersions(a, b);
  return typeof a === 'string' && typeof b === 'string' ? compareNatural(a, b) : 0;
};

/** Place in the order, 0 for the newest, and the group in which it was counted. */
export interface Rank {
  readonly place: number;
  readonly group: string;
}

interface Ordered {
  readonly unit: Unit;
  readonly group: string;
  readonly key: Key;
  readonly seq: number;
  readonly tag: string;
}

const newestFirst = (a: Ordered, b: Ordered): number =>
  compareKeys(b.key, a.key) ||
  b.seq - a.seq ||
  compareNatural(b.tag, a.tag) ||
  compareBytes(a.unit.members[0]?.image.digest ?? '', b.unit.members[0]?.image.digest ?? '');

/**
 * The places of units among their groups. Never by what the images say about their age, which is the same for all
 * reproducible ones: by the store's own numbers, then by tag, then by digest. A unit that lacks what it is ordered or
 * grouped by has no place, and takes none.
 */
export const ranksOf = (units: readonly Unit[], { per, by }: Pick<Rule, 'per' | 'by'>): ReadonlyMap<string, Rank> => {
  const groups = new Map<string, Ordered[]>();
  for (const unit of units) {
    const group = groupOf(unit, per);
    const key = keyOf(unit, by);
    const seq = seqOf(unit);
    if (group === undefined || key === undefined || seq === undefined) continue;
    const ordered = { unit, group, key, seq, tag: lastTag(unit) };
    const others = groups.get(group);
    if (others === undefined) groups.set(group, [ordered]);
    else others.push(ordered);
  }
  const ranks = new Map<string, Rank>();
  for (const group of groups.values()) {
    for (const [place, { unit, group: name }] of group.toSorted(newestFirst).entries())
      ranks.set(unit.key, { place, group: name });
  }
  return ranks;
};
