import type { BitSink } from './bit-sink.js';
import { END_OF_BLOCK } from './deflate-symbol.js';
import type { GoKernel } from './go-kernel.js';
import { CODES, COUNTS, DISTANCE_CODES, DISTANCE_COUNTS, OUTPUT, OUTPUT_SIZE, TOKENS } from './go-kernel-map.js';
import type { PrefixCode } from './prefix-code.js';
import type { TokenCounts, Tokens } from './token-code.js';

/** The tokens that lie in a kernel's memory. */
export class GoKernelTokens implements Tokens {
  readonly #kernel: GoKernel;
  readonly #view: DataView;
  readonly #output: Uint8Array;

  constructor(kernel: GoKernel) {
    const { buffer } = kernel.memory;
    this.#kernel = kernel;
    this.#view = new DataView(buffer);
    this.#output = new Uint8Array(buffer, OUTPUT, OUTPUT_SIZE);
  }

  push(token: number): void {
    const { count } = this.#kernel;
    this.#view.setInt32(TOKENS + 4 * count.value, token, true);
    count.value += 1;
  }

  tally({ literals, distances }: TokenCounts): number {
    const view = this.#view;
    for (let address = COUNTS; address < CODES; address += 4) view.setInt32(address, 0, true);
    const extra = this.#kernel.tally(this.#kernel.count.value);
    for (let symbol = 0; symbol < literals.length; symbol += 1) {
      literals[symbol] = view.getInt32(COUNTS + 4 * symbol, true);
    }
    for (let symbol = 0; symbol < distances.length; symbol += 1) {
      distances[symbol] = view.getInt32(DISTANCE_COUNTS + 4 * symbol, true);
    }
    literals[END_OF_BLOCK] = 1;
    return extra;
  }

  write(sink: BitSink, literalCode: PrefixCode, distanceCode: PrefixCode): void {
    const { bitBuffer, bitCount, count } = this.#kernel;
    this.#setCodes(CODES, literalCode, (DISTANCE_CODES - CODES) / 4);
    this.#setCodes(DISTANCE_CODES, distanceCode, distanceCode.codes.length);
    bitBuffer.value = sink.bitBuffer;
    bitCount.value = sink.bitCount;
    const size = this.#kernel.write(count.value);
    sink.bitCount = 0;
    sink.append(this.#output.subarray(0, size));
    sink.bitBuffer = bitBuffer.value;
    sink.bitCount = bitCount.value;
    sink.reserve(2);
    sink.bits(literalCode.codes[END_OF_BLOCK] ?? 0, literalCode.lengths[END_OF_BLOCK] ?? 0);
  }

  #setCodes(address: number, { codes, lengths }: PrefixCode, count: number): void {
    for (let symbol = 0; symbol < count; symbol += 1) {
      this.#view.setInt32(address + 4 * symbol, (codes[symbol] ?? 0) | ((lengths[symbol] ?? 0) << 16), true);
    }
  }
}
