import type { GreedyLevel, LazyLevel } from './search-level.js';

const greedy = (candidates: number, nice: number, inner: number): GreedyLevel => ({ candidates, nice, inner });

/** No match is ever "good" here: Go has such a number for each level and never comes to use it. */
const NEVER = 1 << 16;
const lazy = (candidates: number, nice: number, most: number): LazyLevel => ({
  candidates,
  nice,
  good: NEVER,
  lazy: most,
});

/** Levels 2 and 3 of Go's compress/flate up to 1.26 take what they find. */
export const GO_GREEDY_LEVELS: Readonly<Record<number, GreedyLevel>> = { 2: greedy(8, 16, 5), 3: greedy(32, 32, 6) };

/** Levels 4 to 9 look once more at the next position. */
export const GO_LAZY_LEVELS: Readonly<Record<number, LazyLevel>> = {
  4: lazy(16, 16, 4),
  5: lazy(32, 32, 16),
  6: lazy(128, 128, 16),
  7: lazy(256, 128, 32),
  8: lazy(1024, 258, 128),
  9: lazy(4096, 258, 258),
};
