import { GO_PROFILES } from './go-profiles.js';
import type { GzipTrait } from './gzip-traits.js';
import type { Profile } from './producer.js';
import { ZLIB_PROFILES } from './zlib-profiles.js';

/**
 * Weights of traits for each producer of gzip streams. Where two make the same bytes, the one that is met more often
 * has a little more.
 */
export const GZIP_PROFILES: readonly Profile<GzipTrait>[] = [
  ...GO_PROFILES,
  ...ZLIB_PROFILES,
  { producer: 'stored', has: { allStored: 8 }, atMost: 'likely' },
];
