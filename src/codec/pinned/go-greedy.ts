import { MAX_DISTANCE, MAX_LENGTH } from './deflate-symbol.js';
import type { GoLevel } from './go-level.js';
import { FAR, NONE, bucketOf } from './go-search.js';
import { BLOCK_TOKENS, type GoTokenBlock } from './go-token-block.js';
import type { SearchWindow } from './search-window.js';
import { LENGTH_SHIFT } from './token-code.js';

/** Levels 2 and 3: what is found at a position is taken at once. */
export class GoGreedyScan {
  readonly #window: SearchWindow;
  readonly #block: GoTokenBlock;
  readonly #level: GoLevel;

  constructor(window: SearchWindow, block: GoTokenBlock, level: GoLevel) {
    this.#window = window;
    this.#block = block;
    this.#level = level;
  }

  /** Works on the positions up to `last`; looks at no byte from `end` on. */
  scan(last: number, end: number): void {
    const window = this.#window;
    const { bytes, view, steps, base } = window;
    const block = this.#block;
    const { candidates, nice, inner } = this.#level;
    let { position } = window;
    while (position <= last) {
      const ahead = end - position;
      let best = NONE;
      let distance = 0;
      if (ahead > NONE) {
        window.insert(position, bucketOf(view.getInt32(position, false)));
        const reach = Math.min(position - base, MAX_DISTANCE);
        const longest = Math.min(ahead, MAX_LENGTH);
        const enough = Math.min(nice, longest);
        let far = steps[position & (MAX_DISTANCE - 1)] ?? 0;
        let tail = view.getInt32(position, true);
        for (let left = candidates; left > 0 && far <= reach; left -= 1) {
          const candidate = position - far;
          if (view.getInt32(candidate + best - NONE, true) === tail) {
            let same = 0;
            while (same < longest && bytes[candidate + same] === bytes[position + same]) same += 1;
            if (same > best && (same > 4 || far <= FAR)) {
              best = same;
              distance = far;
              if (same >= enough) break;
              tail = view.getInt32(position + best - NONE, true);
            }
          }
          far += steps[candidate & (MAX_DISTANCE - 1)] ?? 0;
        }
      }
      if (distance > 0) {
        block.tokens[block.count++] = (best << LENGTH_SHIFT) | (distance - 1);
        const next = position + best;
        const stop = best <= inner ? Math.min(next, end - NONE) : 0;
        for (let at = position + 1; at < stop; at += 1) window.insert(at, bucketOf(view.getInt32(at, false)));
        position = next;
      } else {
        block.tokens[block.count++] = bytes[position] ?? 0;
        position += 1;
      }
      if (block.count === BLOCK_TOKENS) block.close(position);
    }
    window.position = position;
  }

  /** Works on all that is left. */
  finish(): void {
    const window = this.#window;
    this.scan(window.end - 1, window.end);
    if (this.#block.count > 0) this.#block.close(window.position);
  }
}
