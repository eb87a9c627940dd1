import type { BitSink } from './bit-sink.js';
import { END_OF_BLOCK, LITERAL_COUNT } from './deflate-symbol.js';
import type { Kernel } from './kernel.js';
import type { KernelMap } from './kernel-map.js';
import type { PrefixCode } from './prefix-code.js';
import type { TokenCounts, Tokens } from './token-code.js';

/** The tokens that lie in a kernel's memory. */
export class KernelTokens implements Tokens {
  readonly #kernel: Kernel;
  readonly #map: KernelMap;
  readonly #view: DataView;
  readonly #output: Uint8Array;

  constructor(kernel: Kernel, map: KernelMap) {
    const { buffer } = kernel.memory;
    this.#kernel = kernel;
    this.#map = map;
    this.#view = new DataView(buffer);
    this.#output = new Uint8Array(buffer, map.output, map.outputSize);
  }

  get count(): number {
    return this.#kernel.count.value;
  }

  push(token: number): void {
    const { count } = this.#kernel;
    this.#view.setInt32(this.#map.tokens + 4 * count.value, token, true);
    count.value += 1;
  }

  clear(): void {
    this.#kernel.count.value = 0;
  }

  tally({ literals, distances }: TokenCounts): number {
    const view = this.#view;
    const { codes, counts, distanceCounts } = this.#map;
    for (let address = counts; address < codes; address += 4) view.setInt32(address, 0, true);
    const extra = this.#kernel.tally(this.count);
    for (let symbol = 0; symbol < literals.length; symbol += 1) {
      literals[symbol] = view.getInt32(counts + 4 * symbol, true);
    }
    for (let symbol = 0; symbol < distances.length; symbol += 1) {
      distances[symbol] = view.getInt32(distanceCounts + 4 * symbol, true);
    }
    literals[END_OF_BLOCK] = 1;
    return extra;
  }

  write(sink: BitSink, literalCode: PrefixCode, distanceCode: PrefixCode): void {
    const { bitBuffer, bitCount } = this.#kernel;
    this.#setCodes(this.#map.codes, literalCode, LITERAL_COUNT);
    this.#setCodes(this.#map.distanceCodes, distanceCode, distanceCode.codes.length);
    bitBuffer.value = sink.bitBuffer;
    bitCount.value = sink.bitCount;
    const size = this.#kernel.write(this.count);
    sink.bitCount = 0;
    sink.append(this.#output.subarray(0, size));
    sink.bitBuffer = bitBuffer.value;
    sink.bitCount = bitCount.value;
  }

  #setCodes(address: number, { codes, lengths }: PrefixCode, count: number): void {
    for (let symbol = 0; symbol < count; symbol += 1) {
      this.#view.setInt32(address + 4 * symbol, (codes[symbol] ?? 0) | ((lengths[symbol] ?? 0) << 16), true);
    }
  }
}
