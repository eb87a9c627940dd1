import type { LazyKernel } from './kernel-scan.js';
import type { KernelTokens } from './kernel-tokens.js';
import type { Scanner, TokenBlock } from './scanner.js';
import type { LazyLevel } from './search-level.js';
import type { SlidingInput } from './sliding-input.js';

/** The lazy search by a kernel. */
export class KernelLazyScan implements Scanner {
  readonly #kernel: LazyKernel;
  readonly #input: SlidingInput;
  readonly #tokens: KernelTokens;
  readonly #block: TokenBlock;
  readonly #level: LazyLevel;
  readonly #past: number;
  readonly #none: number;

  /**
   * @param past whether a match may go past the end of the input while it is looked for
   * @param none bytes less one of the shortest match
   */
  constructor(
    kernel: LazyKernel,
    input: SlidingInput,
    tokens: KernelTokens,
    block: TokenBlock,
    level: LazyLevel,
    past: boolean,
    none: number,
  ) {
    this.#kernel = kernel;
    this.#input = input;
    this.#tokens = tokens;
    this.#block = block;
    this.#level = level;
    this.#past = past ? 1 : 0;
    this.#none = none;
    this.restart();
  }

  restart(): void {
    this.#kernel.length.value = this.#none;
    this.#kernel.pending.value = 0;
  }

  scan(last: number, end: number, searched: number): void {
    const kernel = this.#kernel;
    const { candidates, good, lazy, nice } = this.#level;
    const input = this.#input;
    while (
      kernel.scan(
        input.position,
        input.base,
        last,
        end,
        searched,
        this.#past,
        this.#block.stop,
        candidates,
        nice,
        lazy,
        good,
      ) === 1
    ) {
      input.position = kernel.position.value;
      this.#block.reach(kernel.stand.value, kernel.tokenEnd.value);
    }
    input.position = kernel.position.value;
  }

  finish(): void {
    const { bytes, position } = this.#input;
    if (this.#kernel.pending.value !== 0) this.#tokens.push(bytes[position - 1] ?? 0);
  }
}
