import { LENGTH_SHIFT } from './token-code.js';
import type { SearchWindow } from './search-window.js';
import type { ZipTokenBlock } from './zip-token-block.js';
import type { ZipLevel } from './zip-level.js';
import { SHORTEST, type ZipSearch } from './zip-search.js';

/** Levels 1 to 3: what is found at a position is taken at once. */
export class ZipGreedyScan {
  readonly #window: SearchWindow;
  readonly #search: ZipSearch;
  readonly #block: ZipTokenBlock;
  readonly #level: ZipLevel;

  constructor(window: SearchWindow, search: ZipSearch, block: ZipTokenBlock, level: ZipLevel) {
    this.#window = window;
    this.#search = search;
    this.#block = block;
    this.#level = level;
  }

  /**
   * Works on the positions up to `last`; looks at no byte from `end` on.
   * @param searched the last position that is searched for a match
   */
  scan(last: number, end: number, searched: number): void {
    const window = this.#window;
    const search = this.#search;
    const block = this.#block;
    let { position } = window;
    while (position <= last) {
      let length = 0;
      if (end - position >= SHORTEST) {
        const far = search.insert(position);
        if (position <= searched) length = search.longest(position, far, SHORTEST - 1, end);
      }
      if (length >= SHORTEST) {
        const next = position + length;
        if (length <= this.#level.inner && end - next >= SHORTEST) {
          for (let inner = position + 1; inner < next; inner += 1) search.insert(inner);
        }
        block.put((length << LENGTH_SHIFT) | (search.distance - 1), position, next);
        position = next;
      } else {
        block.put(window.bytes[position] ?? 0, position, position + 1);
        position += 1;
      }
    }
    window.position = position;
  }

  finish(): void {
    // Every byte has its token.
  }
}
