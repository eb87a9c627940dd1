/**
 * The policy language, version 1: what a policy says, before anything is known about a store. The document is checked
 * by `schemas/policy.schema.json`; here it gets its defaults and its units.
 */

export const STATES = ['tagged', 'untagged', 'any'] as const;
export type State = (typeof STATES)[number];

export const ORDERS = ['tagged', 'imported', 'used', 'semver', 'name'] as const;
export type Order = (typeof ORDERS)[number];

export type Count = 'tags' | 'images';
export type Among = 'rule' | 'matching' | 'expiring';

/** A policy as it stands in a file. @see schemas/policy.schema.json */
export interface PolicyDocument {
  readonly version: 1;
  readonly defaults?: { readonly keepUnmatched?: true; readonly trash?: string };
  readonly protect?: readonly ProtectDocument[];
  readonly rules?: readonly RuleDocument[];
  readonly limits?: { readonly maxSize?: string; readonly minFree?: string; readonly order?: 'lru' };
}

export interface ProtectDocument {
  readonly repos?: readonly string[];
  readonly tags?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly digests?: readonly string[];
}

export interface RuleDocument {
  readonly name: string;
  readonly repos?: readonly string[];
  readonly tags?: readonly string[];
  readonly match?: 'any' | 'all';
  readonly state?: State;
  readonly count?: Count;
  readonly among?: Among;
  readonly keep?: { readonly last?: number; readonly per?: string; readonly by?: Order };
  readonly keepWithin?: string;
  readonly keepUsedWithin?: string;
  readonly expire?: 'rest' | { readonly olderThan?: string; readonly unusedFor?: string; readonly moreThan?: number };
  readonly else?: 'keep' | 'next';
}

/** A length of time, and how the policy spells it. */
export interface Duration {
  readonly text: string;
  readonly milliseconds: number;
}

/** Bytes, or a share of the file system. */
export type Amount =
  | { readonly text: string; readonly bytes: number }
  | { readonly text: string; readonly percent: number };

/** Names, labels and digests that stay whatever the rules say. All parts that are given must fit. */
export interface Protect {
  readonly repos?: readonly string[];
  readonly tags?: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly digests?: readonly string[];
}

export type Per =
  | { readonly kind: 'repo' | 'semver-minor' }
  /** The value of a label. */
  | { readonly kind: 'label'; readonly key: string };

export interface Expire {
  readonly olderThan?: Duration;
  readonly unusedFor?: Duration;
  readonly moreThan?: number;
}

export interface Rule {
  readonly name: string;
  readonly repos: readonly string[];
  readonly tags: readonly string[];
  /** Whether one of the patterns must fit, or each. */
  readonly match: 'any' | 'all';
  readonly state: State;
  /** Whether the rule looks at each tag, or at images with all of their tags in a repository. */
  readonly count: Count;
  /** What is counted: what the rule decides, all that it matches, or what would expire but for the count. */
  readonly among: Among;
  /** How many of the first are kept. */
  readonly last?: number;
  readonly per: Per;
  readonly by: Order;
  readonly keepWithin?: Duration;
  readonly keepUsedWithin?: Duration;
  /** Absent: the rule removes nothing. `rest`: all that it does not keep. Of conditions, each must hold. */
  readonly expire?: 'rest' | Expire;
  /** What becomes of that which is neither kept nor expired. */
  readonly otherwise: 'keep' | 'next';
}

export interface Limits {
  /** Of the images that are listed. */
  readonly maxSize?: Amount;
  /** Of the file system of the store. */
  readonly minFree?: Amount;
}

export interface Policy {
  /** How long what goes can be restored; the store's setting unless told. */
  readonly trash?: Duration;
  readonly protect: readonly Protect[];
  readonly rules: readonly Rule[];
  readonly limits: Limits;
  /** As it was read. */
  readonly document: PolicyDocument;
}
