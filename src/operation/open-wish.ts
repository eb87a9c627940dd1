import type { Platform } from '../oci/platform.js';

/** What is wanted of a place that gives only what is asked for. */
export interface OpenWish {
  /** Empty: all. */
  readonly platforms?: readonly Platform[];
  /** Whether what refers to the images is wanted; true unless told. */
  readonly referrers?: boolean;
}
