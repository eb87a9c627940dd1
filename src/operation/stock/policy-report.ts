import type { Note } from '../../base/event.js';
import type { Digest } from '../../oci/digest.js';
import type { PolicyDocument } from '../../store/policy/language.js';
import type { Decision } from '../../store/policy/plan.js';
import type { NameChange, RemovedImage } from './report.js';

export type { PolicyDocument } from '../../store/policy/language.js';
export type { Decision } from '../../store/policy/plan.js';

/** What a policy does, or would do. @see schemas/policy-report.schema.json */
export interface PolicyReport {
  readonly store: string;
  /** The file of the policy. */
  readonly policy: string;
  /** Of the policy and of all that goes. The same for a plan and for what is done by it. */
  readonly plan: Digest;
  /** Whether it was done: never for a plan, nor if something stands against it. */
  readonly applied: boolean;
  /** What becomes of each name, and of each image without a name, and why. */
  readonly decisions: readonly Decision[];
  /** Names that go from images that keep others. */
  readonly untagged: readonly NameChange[];
  readonly removed: readonly RemovedImage[];
  /** With an error among them, nothing is done. */
  readonly notes: readonly Note[];
}

/** What is odd about a policy. @see schemas/policy-lint-report.schema.json */
export interface PolicyLintReport {
  readonly policy: string;
  /** Absent where there is no store: then the policy was looked at alone. */
  readonly store?: string;
  /** True if no finding is an error. */
  readonly sound: boolean;
  readonly findings: readonly Note[];
}

/** A foreign policy in the words of Ingot. @see schemas/policy-convert-report.schema.json */
export interface PolicyConvertReport {
  readonly source: string;
  readonly from: string;
  /** True if a policy was made. */
  readonly converted: boolean;
  readonly policy?: PolicyDocument;
  readonly findings: readonly Note[];
  /** Lines of the document that were put right: `-` before, `+` after. */
  readonly diff: readonly string[];
}
