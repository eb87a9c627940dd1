import type { ErrorCode } from '../../base/error-code.js';
import type { Digest } from '../../oci/digest.js';
import type { ContainerState, EngineInfo } from '../../transport/engine/engine.js';
import type { RemovalPlan } from './plan.js';
import type { UseKind } from './snapshot.js';

/** Which engine a report speaks of. */
export type EngineTitle = Pick<EngineInfo, 'endpoint' | 'kind' | 'version'>;

export const engineTitle = ({ endpoint, kind, version }: EngineInfo): EngineTitle => ({ endpoint, kind, version });

/** A container that holds an image. */
export interface ImageUser {
  readonly id: string;
  /** Sorted. */
  readonly names: readonly string[];
  readonly state: ContainerState;
  readonly by: UseKind;
  /** ID of its pod. */
  readonly pod?: string;
}

export interface EngineImageRow {
  readonly id: Digest;
  /** Fully qualified, sorted. */
  readonly names: readonly string[];
  readonly digests: readonly string[];
  readonly parent?: Digest;
  readonly size: number;
  /** As the image says. */
  readonly created: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Why it is there: by a name, by a digest alone, without either, or because others were built on it. */
  readonly reason: 'named' | 'digest' | 'dangling' | 'intermediate';
  readonly users: readonly ImageUser[];
}

/** @see schemas/engine-images-report.schema.json */
export interface EngineImagesReport {
  readonly engine: EngineTitle;
  readonly images: readonly EngineImageRow[];
}

/**
 * What came of a step of the plan. `changed`: something was no longer as the plan found it; `refused`: the engine said
 * no; `failed`: it could not be asked. After one of these three, what follows is `skipped`.
 */
export type StepOutcome = 'done' | 'missing' | 'changed' | 'refused' | 'failed' | 'skipped';

export interface StepResult {
  readonly outcome: StepOutcome;
  /** Of the table of errors, where the step was not done. */
  readonly code?: ErrorCode;
  /** For people. */
  readonly message?: string;
  /** Names that are gone, sorted. */
  readonly untagged?: readonly string[];
  /** IDs of images and layers that are gone, sorted. */
  readonly deleted?: readonly Digest[];
  /** What became of the image, found by asking. */
  readonly image?: 'there' | 'gone';
}

/** @see schemas/engine-removal-report.schema.json */
export interface EngineRemovalReport {
  readonly engine: EngineTitle;
  readonly dryRun: boolean;
  /** Nothing was refused, and what was to be done is done. */
  readonly complete: boolean;
  readonly plan: RemovalPlan;
  /** One for each step of the plan, in its order; none for a dry run or a plan that is refused. */
  readonly results: readonly StepResult[];
}
