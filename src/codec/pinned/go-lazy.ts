import { MAX_DISTANCE, MAX_LENGTH } from './deflate-symbol.js';
import type { GoLevel } from './go-level.js';
import { FAR, NONE, REPEAT_REACH, bucketOf } from './go-search.js';
import { BLOCK_TOKENS, type GoTokenBlock } from './go-token-block.js';
import { FARTHEST, type SearchWindow } from './search-window.js';
import { LENGTH_SHIFT } from './token-code.js';

/**
 * Levels 4 to 9: a match is held back for one position and given up if the next position has a longer one.
 */
export class GoLazyScan {
  readonly #window: SearchWindow;
  readonly #block: GoTokenBlock;
  readonly #level: GoLevel;
  /** Length and distance of the match that was found at the position before. */
  #length = NONE;
  #distance = 0;
  /** The byte before the position has no token yet. */
  #pending = false;

  constructor(window: SearchWindow, block: GoTokenBlock, level: GoLevel) {
    this.#window = window;
    this.#block = block;
    this.#level = level;
  }

  /** Works on the positions up to `last`; looks at no byte from `end` on. */
  scan(last: number, end: number): void {
    const window = this.#window;
    const { bytes, view, heads, steps, base } = window;
    const block = this.#block;
    const { tokens } = block;
    const { candidates, nice, lazy } = this.#level;
    let { position } = window;
    let { count } = block;
    let length = this.#length;
    let distance = this.#distance;
    let pending = this.#pending;

    while (position <= last) {
      const ahead = end - position;
      const before = length;
      const beforeDistance = distance;
      length = NONE;
      if (ahead > NONE) {
        const word = view.getInt32(position, true);
        const bucket = bucketOf(view.getInt32(position, false));
        let far = position - (heads[bucket] ?? 0);
        heads[bucket] = position;
        steps[position & (MAX_DISTANCE - 1)] = far > FARTHEST ? FARTHEST : far;
        const reach = position - base > MAX_DISTANCE ? MAX_DISTANCE : position - base;
        if (far <= reach && before < lazy && ahead > before) {
          const longest = ahead < MAX_LENGTH ? ahead : MAX_LENGTH;
          const enough = nice < longest ? nice : longest;
          const doubt = reach < REPEAT_REACH ? REPEAT_REACH : reach;
          // Only a match that is longer than the one before is of use, so nothing shorter is looked for: the last
          // four bytes of a longer one are compared first, and if they occurred nowhere in reach there is none.
          let best = before;
          let tail = word;
          let possible = true;
          if (best > NONE) {
            const at = position + best - NONE;
            tail = view.getInt32(at, true);
            possible = at - (heads[bucketOf(view.getInt32(at, false))] ?? 0) <= doubt;
          }
          for (let left = candidates; possible && left > 0 && far <= reach; left -= 1) {
            const candidate = position - far;
            if (view.getInt32(candidate + best - NONE, true) === tail) {
              let same = 0;
              while (same + 4 <= longest) {
                const difference = view.getInt32(candidate + same, true) ^ view.getInt32(position + same, true);
                if (difference !== 0) {
                  same += (31 - Math.clz32(difference & -difference)) >> 3;
                  break;
                }
                same += 4;
              }
              if (same + 4 > longest)
                while (same < longest && bytes[candidate + same] === bytes[position + same]) same += 1;
              if (same > best && (same > 4 || far <= FAR)) {
                best = same;
                distance = far;
                if (same >= enough) break;
                const at = position + best - NONE;
                tail = view.getInt32(at, true);
                possible = at - (heads[bucketOf(view.getInt32(at, false))] ?? 0) <= doubt;
              }
            }
            far += steps[candidate & (MAX_DISTANCE - 1)] ?? 0;
          }
          if (best > before) length = best;
        }
      }
      if (before > NONE && length <= before) {
        tokens[count++] = (before << LENGTH_SHIFT) | (beforeDistance - 1);
        const next = position + before - 1;
        const stop = next < end - NONE ? next : end - NONE;
        for (let inner = position + 1; inner < stop; inner += 1) {
          const bucket = bucketOf(view.getInt32(inner, false));
          const step = inner - (heads[bucket] ?? 0);
          heads[bucket] = inner;
          steps[inner & (MAX_DISTANCE - 1)] = step > FARTHEST ? FARTHEST : step;
        }
        position = next;
        pending = false;
        length = NONE;
        if (count === BLOCK_TOKENS) {
          block.count = count;
          block.close(position);
          count = 0;
        }
      } else {
        if (pending) {
          tokens[count++] = bytes[position - 1] ?? 0;
          if (count === BLOCK_TOKENS) {
            block.count = count;
            block.close(position);
            count = 0;
          }
        }
        position += 1;
        pending = true;
      }
    }

    window.position = position;
    block.count = count;
    this.#length = length;
    this.#distance = distance;
    this.#pending = pending;
  }

  /** Works on all that is left. */
  finish(): void {
    const window = this.#window;
    const block = this.#block;
    this.scan(window.end - 1, window.end);
    if (this.#pending) block.tokens[block.count++] = window.bytes[window.position - 1] ?? 0;
    if (block.count > 0) block.close(window.position);
  }
}
