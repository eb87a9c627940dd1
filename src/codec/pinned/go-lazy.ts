import { MAX_DISTANCE, MAX_LENGTH } from './deflate-symbol.js';
import { NONE, bucketOf } from './go-search.js';
import type { HashChains } from './hash-chains.js';
import type { Scanner, TokenBlock } from './scanner.js';
import type { LazyLevel } from './search-level.js';
import type { SlidingInput } from './sliding-input.js';
import { FAR, LENGTH_SHIFT, REPEAT_REACH, type TokenArray } from './token-code.js';

/** Levels 4 to 9: a match is held back for one position and given up if the next position has a longer one. */
export class GoLazyScan implements Scanner {
  readonly #input: SlidingInput;
  readonly #view: DataView;
  readonly #chains: HashChains;
  readonly #tokens: TokenArray;
  readonly #block: TokenBlock;
  readonly #level: LazyLevel;
  /** Length and distance of the match that was found at the position before. */
  #length: number = NONE;
  #distance = 0;
  /** The byte before the position has no token yet. */
  #pending = false;

  constructor(input: SlidingInput, chains: HashChains, tokens: TokenArray, block: TokenBlock, level: LazyLevel) {
    this.#input = input;
    this.#view = input.view();
    this.#chains = chains;
    this.#tokens = tokens;
    this.#block = block;
    this.#level = level;
  }

  scan(last: number, end: number): void {
    const { bytes } = this.#input;
    const view = this.#view;
    const chains = this.#chains;
    const tokens = this.#tokens;
    const { lazy } = this.#level;
    let { position } = this.#input;
    let length = this.#length;
    let pending = this.#pending;
    while (position <= last) {
      const ahead = end - position;
      const before = length;
      const beforeDistance = this.#distance;
      length = NONE;
      if (ahead > NONE) {
        const far = chains.insert(position, bucketOf(view.getInt32(position, false)));
        if (before < lazy && ahead > before) length = this.#search(position, far, before, ahead);
      }
      if (before > NONE && length <= before) {
        const next = position + before - 1;
        const stop = Math.min(next, end - NONE);
        for (let inner = position + 1; inner < stop; inner += 1) {
          chains.insert(inner, bucketOf(view.getInt32(inner, false)));
        }
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
    this.#pending = pending;
  }

  finish(): void {
    if (this.#pending) this.#tokens.push(this.#input.bytes[this.#input.position - 1] ?? 0);
  }

  /**
   * The length of the best match that is longer than `before`, and sets its distance; {@link NONE} if there is none.
   * Nothing shorter is looked for: the last four bytes of a longer match are compared first, and if they occurred
   * nowhere in reach there is none.
   */
  #search(position: number, first: number, before: number, ahead: number): number {
    const { base, bytes } = this.#input;
    const view = this.#view;
    const { heads, steps } = this.#chains;
    const reach = Math.min(position - base, MAX_DISTANCE);
    const doubt = Math.max(reach, REPEAT_REACH);
    const longest = Math.min(ahead, MAX_LENGTH);
    const enough = Math.min(this.#level.nice, longest);
    let best = before;
    let far = first;
    let tail = view.getInt32(position + best - NONE, true);
    for (let left = this.#level.candidates, fresh = best > NONE; left > 0 && far <= reach; left -= 1) {
      if (fresh) {
        const at = position + best - NONE;
        if (at - (heads[bucketOf(view.getInt32(at, false))] ?? 0) > doubt) break;
        fresh = false;
      }
      const candidate = position - far;
      if (view.getInt32(candidate + best - NONE, true) === tail) {
        let same = 0;
        while (same < longest && bytes[candidate + same] === bytes[position + same]) same += 1;
        if (same > best && (same > NONE + 1 || far <= FAR)) {
          best = same;
          this.#distance = far;
          if (same >= enough) break;
          tail = view.getInt32(position + best - NONE, true);
          fresh = true;
        }
      }
      far += steps[candidate & (MAX_DISTANCE - 1)] ?? 0;
    }
    return best > before ? best : NONE;
  }
}
