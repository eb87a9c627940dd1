import { MAX_DISTANCE, MAX_LENGTH } from './deflate-symbol.js';
import { NONE, bucketOf } from './go-search.js';
import type { HashChains } from './hash-chains.js';
import type { Scanner, TokenBlock } from './scanner.js';
import type { GreedyLevel } from './search-level.js';
import type { SlidingInput } from './sliding-input.js';
import { FAR, LENGTH_SHIFT, type TokenArray } from './token-code.js';

/** Levels 2 and 3: what is found at a position is taken at once. */
export class GoGreedyScan implements Scanner {
  readonly #input: SlidingInput;
  readonly #view: DataView;
  readonly #chains: HashChains;
  readonly #tokens: TokenArray;
  readonly #block: TokenBlock;
  readonly #level: GreedyLevel;

  constructor(input: SlidingInput, chains: HashChains, tokens: TokenArray, block: TokenBlock, level: GreedyLevel) {
    this.#input = input;
    this.#view = input.view();
    this.#chains = chains;
    this.#tokens = tokens;
    this.#block = block;
    this.#level = level;
  }

  scan(last: number, end: number): void {
    const { base, bytes } = this.#input;
    const view = this.#view;
    const chains = this.#chains;
    const { steps } = chains;
    const { candidates, inner, nice } = this.#level;
    let { position } = this.#input;
    while (position <= last) {
      const ahead = end - position;
      let best = NONE;
      let distance = 0;
      if (ahead > NONE) {
        let far = chains.insert(position, bucketOf(view.getInt32(position, false)));
        const reach = Math.min(position - base, MAX_DISTANCE);
        const longest = Math.min(ahead, MAX_LENGTH);
        const enough = Math.min(nice, longest);
        let tail = view.getInt32(position, true);
        for (let left = candidates; left > 0 && far <= reach; left -= 1) {
          const candidate = position - far;
          if (view.getInt32(candidate + best - NONE, true) === tail) {
            let same = 0;
            while (same < longest && bytes[candidate + same] === bytes[position + same]) same += 1;
            if (same > best && (same > NONE + 1 || far <= FAR)) {
              best = same;
              distance = far;
              if (same >= enough) break;
              tail = view.getInt32(position + best - NONE, true);
            }
          }
          far += steps[candidate & (MAX_DISTANCE - 1)] ?? 0;
        }
      }
      let next = position + 1;
      if (distance > 0) {
        next = position + best;
        const stop = best <= inner ? Math.min(next, end - NONE) : 0;
        for (let at = position + 1; at < stop; at += 1) chains.insert(at, bucketOf(view.getInt32(at, false)));
        this.#tokens.push((best << LENGTH_SHIFT) | (distance - 1));
      } else {
        this.#tokens.push(bytes[position] ?? 0);
      }
      if (this.#tokens.count === this.#block.stop) this.#block.reach(position, next);
      position = next;
    }
    this.#input.position = position;
  }

  finish(): void {
    // Every byte has its token.
  }
}
