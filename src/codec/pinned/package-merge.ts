const SYMBOL_BITS = 9;
const SYMBOL_MASK: number = (1 << SYMBOL_BITS) - 1;
/** More than any weight. */
const INFINITE = 0x7fffffff;

/**
 * Lengths of a prefix code under a limit, by the package-merge algorithm of Larmore and Hirschberg (1990). The
 * algorithm leaves open what to do with equal weights, and the bytes of a stream depend on it: here symbols of one
 * frequency are ordered by their number, and a package goes before a symbol of the same weight.
 */
export class PackageMerge {
  readonly #sorted: Int32Array;
  readonly #weights: Int32Array;
  #list: Int32Array;
  #next: Int32Array;
  /** Level by level: whether the item at a place of the list is a package. */
  readonly #isPackage: Uint8Array;

  /** For up to `size` symbols, of which the numbers fit in 9 bits, and codes of up to `limit` bits. */
  constructor(size: number, limit: number) {
    this.#sorted = new Int32Array(size);
    this.#weights = new Int32Array(size);
    this.#list = new Int32Array(2 * size);
    this.#next = new Int32Array(2 * size);
    this.#isPackage = new Uint8Array(2 * size * limit);
  }

  /**
   * Sets the length of each symbol's code, 0 for a symbol that does not occur. One or two symbols get one bit.
   * @param frequencies occurrences, each below 2^22
   */
  lengths(frequencies: Int32Array, limit: number, lengths: Uint8Array): void {
    const sorted = this.#sorted;
    let used = 0;
    for (let symbol = 0; symbol < frequencies.length; symbol += 1) {
      const frequency = frequencies[symbol] ?? 0;
      lengths[symbol] = frequency > 0 ? 1 : 0;
      if (frequency > 0) sorted[used++] = frequency * (SYMBOL_MASK + 1) + symbol;
    }
    if (used <= 2) return;
    sorted.subarray(0, used).sort();
    const weights = this.#weights;
    for (let rank = 0; rank < used; rank += 1) weights[rank] = (sorted[rank] ?? 0) >>> SYMBOL_BITS;
    const levels = Math.min(limit, used - 1);
    this.#merge(used, levels);
    this.#count(used, levels, lengths);
  }

  /** Builds the list of each level: the symbols, merged with pairs of neighbours of the level before. */
  #merge(used: number, levels: number): void {
    const weights = this.#weights;
    const isPackage = this.#isPackage;
    const wanted = 2 * used - 2;
    let list = this.#list;
    let next = this.#next;
    list.set(weights.subarray(0, used));
    isPackage.fill(0, 0, used);
    let size = used;
    for (let level = 1; level < levels; level += 1) {
      let flag = level * list.length;
      const pairsEnd = size & ~1;
      let pair = 0;
      let rank = 0;
      let at = 0;
      while (at < wanted && (pair < pairsEnd || rank < used)) {
        const pairWeight = pair < pairsEnd ? (list[pair] ?? 0) + (list[pair + 1] ?? 0) : INFINITE;
        const weight = rank < used ? (weights[rank] ?? 0) : INFINITE;
        if (pairWeight <= weight) {
          next[at++] = pairWeight;
          isPackage[flag++] = 1;
          pair += 2;
        } else {
          next[at++] = weight;
          isPackage[flag++] = 0;
          rank += 1;
        }
      }
      size = at;
      [list, next] = [next, list];
    }
    this.#list = list;
    this.#next = next;
  }

  /** A symbol's code has one bit for each level at which it is among the items that are needed. */
  #count(used: number, levels: number, lengths: Uint8Array): void {
    const sorted = this.#sorted;
    const isPackage = this.#isPackage;
    lengths.fill(0);
    let needed = 2 * used - 2;
    for (let level = levels - 1; level >= 0; level -= 1) {
      const flags = level * this.#list.length;
      let packages = 0;
      for (let flag = flags; flag < flags + needed; flag += 1) packages += isPackage[flag] ?? 0;
      const symbols = needed - packages;
      for (let rank = 0; rank < symbols; rank += 1) {
        const symbol = (sorted[rank] ?? 0) & SYMBOL_MASK;
        lengths[symbol] = (lengths[symbol] ?? 0) + 1;
      }
      needed = 2 * packages;
    }
  }
}
