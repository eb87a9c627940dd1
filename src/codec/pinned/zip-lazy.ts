import type { Scanner, TokenBlock } from './scanner.js';
import type { SlidingInput } from './sliding-input.js';
import { FAR, LENGTH_SHIFT, type TokenArray } from './token-code.js';
import { SHORTEST, type ZipSearch } from './zip-search.js';

/** Bytes less one of the shortest match; as a length it stands for "no match". */
const NONE: number = SHORTEST - 1;

/** Levels 4 to 9: a match is held back for one position and given up if the next position has a longer one. */
export class ZipLazyScan implements Scanner {
  readonly #input: SlidingInput;
  readonly #search: ZipSearch;
  readonly #tokens: TokenArray;
  readonly #block: TokenBlock;
  readonly #lazy: number;
  /** Length and distance of the match that was found at the position before. */
  #length: number = NONE;
  #distance = 0;
  /** The byte before the position has no token yet. */
  #pending = false;

  /** @param lazy bytes of a match from which the next position is not searched for a better one */
  constructor(input: SlidingInput, search: ZipSearch, tokens: TokenArray, block: TokenBlock, lazy: number) {
    this.#input = input;
    this.#search = search;
    this.#tokens = tokens;
    this.#block = block;
    this.#lazy = lazy;
  }

  scan(last: number, end: number, searched: number): void {
    const { bytes } = this.#input;
    const search = this.#search;
    const tokens = this.#tokens;
    let { position } = this.#input;
    let length = this.#length;
    let distance = this.#distance;
    let pending = this.#pending;
    while (position <= last) {
      const before = length;
      const beforeDistance = distance;
      length = NONE;
      if (end - position >= SHORTEST) {
        const far = search.insert(position);
        if (before < this.#lazy && position <= searched) {
          const found = search.longest(position, far, before, end);
          if (found > before && (found > SHORTEST || search.distance <= FAR)) {
            length = found;
            distance = search.distance;
          }
        }
      }
      if (before >= SHORTEST && length <= before) {
        const next = position + before - 1;
        const stop = Math.min(next, end - NONE);
        for (let inner = position + 1; inner < stop; inner += 1) search.insert(inner);
        tokens.push((before << LENGTH_SHIFT) | (beforeDistance - 1));
        if (tokens.count === this.#block.stop) this.#block.reach(position, next);
        position = next;
        pending = false;
        length = NONE;
      } else {
        if (pending) {
          tokens.push(bytes[position - 1] ?? 0);
          if (tokens.count === this.#block.stop) this.#block.reach(position, position);
        }
        position += 1;
        pending = true;
      }
    }
    this.#input.position = position;
    this.#length = length;
    this.#distance = distance;
    this.#pending = pending;
  }

  restart(): void {
    this.#length = NONE;
    this.#pending = false;
  }

  finish(): void {
    if (this.#pending) this.#tokens.push(this.#input.bytes[this.#input.position - 1] ?? 0);
  }
}
