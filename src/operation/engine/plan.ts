import type { ErrorCode } from '../../base/error-code.js';
import type { Digest } from '../../oci/digest.js';
import type { ContainerState } from '../../transport/engine/engine.js';

/**
 * What becomes of the image: `untagged` keeps other names, `dangling` stays without a name, `removed` goes. For a step
 * about a container it is `kept` meanwhile.
 */
export type Consequence = 'kept' | 'untagged' | 'dangling' | 'removed';

interface ImageStep {
  readonly image: Digest;
  readonly leaves: Consequence;
}

/** A container that a step is about. */
export interface StepContainer {
  readonly id: string;
  readonly names: readonly string[];
}

/** One request to the engine, and what it leads to. None of them is made with force, `untag-anyway` apart. */
export type RemovalStep = ImageStep &
  (
    | { readonly action: 'stop-container'; readonly container: StepContainer; readonly seconds: number }
    | { readonly action: 'remove-container'; readonly container: StepContainer }
    /** @param takes references by digest and untagged parents that go with it */
    | { readonly action: 'remove-name'; readonly name: string; readonly takes: readonly string[] }
    /** Takes a last name although containers use the image. */
    | { readonly action: 'untag-anyway'; readonly name: string; readonly takes: readonly string[] }
    /** By its ID, of an image without a name. */
    | { readonly action: 'remove-image'; readonly takes: readonly string[] }
  );

export type RefusalKind =
  | 'several-names'
  | 'children'
  | 'running'
  | 'paused'
  | 'stopped'
  | 'external'
  | 'pod'
  | 'busy'
  | 'no-name';

/** Why an image cannot go as it was asked. */
export interface Refusal {
  readonly kind: RefusalKind;
  readonly code: ErrorCode;
  /** What was asked for. */
  readonly subject: string;
  readonly image: Digest;
  /** What stands in the way: names, containers, IDs of images. */
  readonly by: readonly string[];
  /** Of the container that stands in the way. */
  readonly state?: ContainerState;
  readonly hint: string;
}

/** An image that fits what is to be pruned, and stays. */
export interface KeptImage {
  readonly image: Digest;
  readonly names: readonly string[];
  readonly reason: 'used' | 'children';
  readonly by: readonly string[];
}

/** What will be done, in this order. A dry run shows it, and a run does just this. */
export interface RemovalPlan {
  /** Empty if something is refused. */
  readonly steps: readonly RemovalStep[];
  readonly refusals: readonly Refusal[];
  readonly kept: readonly KeptImage[];
  /** What was to be removed and is not there, where that is no error. */
  readonly missing: readonly string[];
}
