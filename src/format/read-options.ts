import type { Limits } from '../base/limits.js';

/** What reading images from a place may cost. */
export interface ReadOptions {
  readonly limits: Limits;
  /** Threads that may read layers at once; 1 uses none but the caller's. */
  readonly threads: number;
  readonly signal?: AbortSignal;
}
