import { EMPTY } from '../../base/bytes.js';
import type { DeflateEncoder } from './deflate-encoder.js';
import { MAX_DISTANCE } from './deflate-symbol.js';
import { GoBlockWriter } from './go-block.js';
import { type GoKernel, startGoKernel } from './go-kernel.js';
import { WINDOW as WINDOW_ADDRESS, WINDOW_SIZE } from './go-kernel-map.js';
import { GoKernelTokens } from './go-kernel-tokens.js';
import type { GoLevel } from './go-level.js';
import { AHEAD, WINDOW } from './search-window.js';

/** Levels 4 to 9 by the kernel: what `SearchWindow`, `GoLazyScan` and `GoTokenBlock` do together. */
class GoKernelFlate implements DeflateEncoder {
  readonly #kernel: GoKernel;
  readonly #level: GoLevel;
  readonly #tokens: GoKernelTokens;
  readonly #writer = new GoBlockWriter();
  readonly #window: Uint8Array;
  /** First byte of the block that is being gathered; below the base if it is no longer at hand. */
  #blockStart = 0;
  #end = 0;

  constructor(kernel: GoKernel, level: GoLevel) {
    this.#kernel = kernel;
    this.#level = level;
    this.#tokens = new GoKernelTokens(kernel);
    this.#window = new Uint8Array(kernel.memory.buffer, WINDOW_ADDRESS, WINDOW_SIZE);
  }

  write(bytes: Uint8Array): void {
    const { base } = this.#kernel;
    for (let at = 0; at < bytes.length;) {
      if (this.#end === WINDOW_SIZE) this.#move();
      const count = Math.min(bytes.length - at, WINDOW_SIZE - this.#end);
      this.#window.set(bytes.subarray(at, at + count), this.#end);
      this.#end += count;
      at += count;
      while (this.#end > base.value + WINDOW) {
        this.#scan(base.value + WINDOW - AHEAD, base.value + WINDOW);
        base.value += MAX_DISTANCE;
      }
    }
  }

  finish(): void {
    const { count, pending, position } = this.#kernel;
    this.#scan(this.#end - 1, this.#end);
    if (pending.value !== 0) this.#tokens.push(this.#window[position.value - 1] ?? 0);
    if (count.value > 0) this.#close(position.value);
    this.#writer.sink.stored(EMPTY, true);
  }

  take(): Uint8Array {
    return this.#writer.sink.take();
  }

  #scan(last: number, end: number): void {
    const { candidates, nice, lazy } = this.#level;
    while (this.#kernel.scan(last, end, candidates, nice, lazy) === 1) this.#close(this.#kernel.blockEnd.value);
  }

  /** Writes the block; its tokens end at `end` in the window. */
  #close(end: number): void {
    const raw = this.#blockStart >= this.#kernel.base.value ? this.#window.subarray(this.#blockStart, end) : undefined;
    this.#writer.writeSmallest(this.#tokens, raw);
    this.#blockStart = end;
    this.#kernel.count.value = 0;
  }

  #move(): void {
    const by = this.#kernel.base.value;
    this.#window.copyWithin(0, by, this.#end);
    this.#kernel.move(by);
    this.#blockStart -= by;
    this.#end -= by;
  }
}

/** The encoder of a lazy level. `undefined` where there is no WebAssembly. */
export const goKernelFlate = (level: GoLevel): DeflateEncoder | undefined => {
  const kernel = startGoKernel();
  return kernel === undefined ? undefined : new GoKernelFlate(kernel, level);
};
