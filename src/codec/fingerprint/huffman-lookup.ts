/** Bits of a code that are looked up at once; longer codes, which are rare, are walked bit by bit. */
const LOOKUP_BITS = 10;
const LOOKUP_SIZE = 1 << LOOKUP_BITS;
/** Bits of the longest code of RFC 1951. */
const MAX_BITS = 15;

/** Where a walk along a code ends that no symbol has. */
export const NO_SYMBOL = -1;

const reverse = (code: number, length: number): number => {
  let result = 0;
  for (let bit = 0; bit < length; bit += 1) result |= ((code >> bit) & 1) << (length - 1 - bit);
  return result;
};

/**
 * A prefix code as RFC 1951 describes it by lengths alone, ready to be read from a bit stream. Refilled for each
 * block, so that a block costs no allocation.
 * @see {@link https://www.rfc-editor.org/rfc/rfc1951#section-3.2.2}
 */
export class HuffmanLookup {
  /** Symbol * 16 + length of the code that the next ten bits begin with; 0: a longer code, or none. */
  readonly table: Uint16Array = new Uint16Array(LOOKUP_SIZE);
  readonly #counts = new Uint16Array(MAX_BITS + 1);
  readonly #symbols: Uint16Array;
  readonly #next = new Uint16Array(MAX_BITS + 2);

  /** @param size symbols of the alphabet */
  constructor(size: number) {
    this.#symbols = new Uint16Array(size);
  }

  /**
   * Takes the code lengths of all symbols; 0: the symbol has no code.
   * @returns unused room of the code, in units of the longest code: 0 if complete, negative if there are too many codes
   */
  fill(lengths: Uint8Array): number {
    const counts = this.#counts.fill(0);
    for (const length of lengths) counts[length]! += 1;
    counts[0] = 0;
    let room = 1;
    const starts = this.#next.fill(0);
    for (let length = 1; length <= MAX_BITS; length += 1) {
      room = room * 2 - counts[length]!;
      if (room < 0) return room;
      starts[length + 1] = starts[length]! + counts[length]!;
    }
    for (const [symbol, length] of lengths.entries()) {
      if (length > 0) this.#symbols[starts[length]!++] = symbol;
    }
    this.#fillTable();
    return room;
  }

  /** The symbol * 16 + length of a code in `bits`, least bit first, or {@link NO_SYMBOL}. */
  walk(bits: number): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MAX_BITS; length += 1) {
      code |= (bits >>> (length - 1)) & 1;
      const count = this.#counts[length]!;
      if (code - first < count) return this.#symbols[index + code - first]! * 16 + length;
      index += count;
      first = (first + count) * 2;
      code *= 2;
    }
    return NO_SYMBOL;
  }

  #fillTable(): void {
    const table = this.table.fill(0);
    let code = 0;
    let index = 0;
    for (let length = 1; length <= LOOKUP_BITS; length += 1) {
      for (let left = this.#counts[length]!; left > 0; left -= 1) {
        const entry = this.#symbols[index]! * 16 + length;
        for (let at = reverse(code, length); at < LOOKUP_SIZE; at += 1 << length) table[at] = entry;
        code += 1;
        index += 1;
      }
      code *= 2;
    }
  }
}
