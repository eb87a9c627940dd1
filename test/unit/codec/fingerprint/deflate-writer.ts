/** A literal, or a match of bytes and distance. */
export type Token = number | readonly [length: number, distance: number];

const LENGTH_STARTS = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const lengthBits = (index: number): number => (index < 8 || index === 28 ? 0 : (index - 4) >> 2);
const distanceBits = (symbol: number): number => (symbol < 2 ? 0 : (symbol - 2) >> 1);
const distanceStart = (symbol: number): number =>
  symbol < 2 ? symbol + 1 : (2 + (symbol & 1)) * 2 ** distanceBits(symbol) + 1;

/** Writes deflate data by hand, block by block (RFC 1951): stored and fixed ones. */
export class DeflateWriter {
  readonly #bits: number[] = [];

  /** Bits of a number, least first. */
  number(value: number, count: number): this {
    for (let bit = 0; bit < count; bit += 1) this.#bits.push(Math.floor(value / 2 ** bit) % 2);
    return this;
  }

  stored(bytes: Uint8Array, isLast = false): this {
    this.number(isLast ? 1 : 0, 3);
    while (this.#bits.length % 8 !== 0) this.#bits.push(0);
    this.number(bytes.length, 16).number(bytes.length ^ 0xffff, 16);
    for (const byte of bytes) this.number(byte, 8);
    return this;
  }

  fixed(tokens: Iterable<Token>, isLast = false): this {
    this.number(isLast ? 3 : 2, 3);
    for (const token of tokens) {
      if (typeof token === 'number') this.symbol(token);
      else this.#match(token[0], token[1]);
    }
    return this.symbol(256);
  }

  /** A symbol of the fixed literal code; 286 and 287 exist and may not be used. */
  symbol(symbol: number): this {
    if (symbol < 144) return this.#code(48 + symbol, 8);
    if (symbol < 256) return this.#code(400 + symbol - 144, 9);
    return symbol < 280 ? this.#code(symbol - 256, 7) : this.#code(192 + symbol - 280, 8);
  }

  /** A symbol of the fixed distance code; 30 and 31 exist and may not be used. */
  distance(symbol: number): this {
    return this.#code(symbol, 5);
  }

  bytes(): Uint8Array {
    const result = new Uint8Array(Math.ceil(this.#bits.length / 8));
    for (const [at, bit] of this.#bits.entries()) result[at >> 3]! |= bit << (at & 7);
    return result;
  }

  #match(length: number, distance: number): void {
    const index = length === 258 ? 28 : LENGTH_STARTS.findLastIndex((start) => start <= length);
    this.symbol(257 + index).number(length - LENGTH_STARTS[index]!, lengthBits(index));
    let symbol = 29;
    while (distanceStart(symbol) > distance) symbol -= 1;
    this.distance(symbol).number(distance - distanceStart(symbol), distanceBits(symbol));
  }

  #code(code: number, length: number): this {
    for (let bit = length - 1; bit >= 0; bit -= 1) this.#bits.push((code >> bit) & 1);
    return this;
  }
}

/** Deflate data as a gzip member. The trailer is zeros: nothing here looks at it. */
export const gzipOf = (deflate: Uint8Array, header: readonly number[]): Uint8Array =>
  Uint8Array.from([0x1f, 0x8b, 8, ...header, ...deflate, 0, 0, 0, 0, 0, 0, 0, 0]);
