import { LENGTH_SHIFT } from './token-code.js';
import type { SearchWindow } from './search-window.js';
import type { ZipTokenBlock } from './zip-token-block.js';
import type { ZipLevel } from './zip-level.js';
import { SHORTEST, type ZipSearch } from './zip-search.js';

/** Bytes less one of the shortest match; as a length it stands for "no match". */
const NONE = 2;
/** Bytes back beyond which a match of three bytes is not worth its distance. */
const FAR = 4096;

/** Levels 4 to 9: a match is held back for one position and given up if the next position has a longer one. */
export class ZipLazyScan {
  readonly #window: SearchWindow;
  readonly #search: ZipSearch;
  readonly #block: ZipTokenBlock;
  readonly #level: ZipLevel;
  /** Length and distance of the match that was found at the position before. */
  #length = NONE;
  #distance = 0;
  /** The byte before the position has no token yet. */
  #pending = false;

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
    const { bytes } = window;
    const { lazy } = this.#level;
    let { position } = window;
    let length = this.#length;
    let distance = this.#distance;
    let pending = this.#pending;
    while (position <= last) {
      const before = length;
      const beforeDistance = distance;
      length = NONE;
      if (end - position >= SHORTEST) {
        const far = search.insert(position);
        if (before < lazy && position <= searched) {
          const found = search.longest(position, far, before, end);
          if (found > before && (found > SHORTEST || search.distance <= FAR)) {
            length = found;
            distance = search.distance;
          }
        }
      }
      if (before >= SHORTEST && length <= before) {
        const next = position + before - 1;
        const stop = Math.min(next, end - SHORTEST + 1);
        for (let inner = position + 1; inner < stop; inner += 1) search.insert(inner);
        block.put((before << LENGTH_SHIFT) | (beforeDistance - 1), position, next);
        position = next;
        pending = false;
        length = NONE;
      } else {
        if (pending) block.put(bytes[position - 1] ?? 0, position, position);
        position += 1;
        pending = true;
      }
    }
    window.position = position;
    this.#length = length;
    this.#distance = distance;
    this.#pending = pending;
  }

  finish(): void {
    if (this.#pending) this.#block.add(this.#window.bytes[this.#window.position - 1] ?? 0);
  }
}
