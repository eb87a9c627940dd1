import type { Scanner, TokenBlock } from './scanner.js';
import type { SlidingInput } from './sliding-input.js';
import { LENGTH_SHIFT, type TokenArray } from './token-code.js';
import { SHORTEST, type ZipSearch } from './zip-search.js';

/** Levels 1 to 3: what is found at a position is taken at once. */
export class ZipGreedyScan implements Scanner {
  readonly #input: SlidingInput;
  readonly #search: ZipSearch;
  readonly #tokens: TokenArray;
  readonly #block: TokenBlock;
  readonly #inner: number;

  /** @param inner bytes of the longest match whose inner positions can be referred to later */
  constructor(input: SlidingInput, search: ZipSearch, tokens: TokenArray, block: TokenBlock, inner: number) {
    this.#input = input;
    this.#search = search;
    this.#tokens = tokens;
    this.#block = block;
    this.#inner = inner;
  }

  scan(last: number, end: number, searched: number): void {
    const search = this.#search;
    const tokens = this.#tokens;
    let { position } = this.#input;
    while (position <= last) {
      let length = 0;
      if (end - position >= SHORTEST) {
        const far = search.insert(position);
        if (position <= searched) length = search.longest(position, far, SHORTEST - 1, end);
      }
      let next = position + 1;
      if (length >= SHORTEST) {
        next = position + length;
        if (length <= this.#inner && end - next >= SHORTEST) {
          for (let at = position + 1; at < next; at += 1) search.insert(at);
        }
        tokens.push((length << LENGTH_SHIFT) | (search.distance - 1));
      } else {
        tokens.push(this.#input.bytes[position] ?? 0);
      }
      if (tokens.count === this.#block.stop) this.#block.reach(position, next);
      position = next;
    }
    this.#input.position = position;
  }

  restart(): void {
    // Nothing is ever held back.
  }

  finish(): void {
    // Every byte has its token.
  }
}
