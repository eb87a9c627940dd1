/**
 * Lengths of a prefix code in the way of Info-ZIP's deflate and all that come from it: Huffman's algorithm on a heap,
 * and a repair where a length is over the limit. Where weights are equal the shallower tree goes first, and where
 * those are equal too the order in the heap decides, so every step of the heap is part of the result.
 */
export class HeapCode {
  /** Symbols and, from `size` on, the nodes above them. */
  readonly #weights: Int32Array;
  readonly #depths: Uint8Array;
  readonly #parents: Int32Array;
  /** The heap, from 1; and from the other end the nodes as they left it. */
  readonly #heap: Int32Array;
  readonly #nodeLengths: Uint8Array;
  readonly #size: number;
  #heapSize = 0;

  /** For up to `size` symbols. */
  constructor(size: number) {
    this.#size = size;
    this.#weights = new Int32Array(2 * size);
    this.#depths = new Uint8Array(2 * size);
    this.#parents = new Int32Array(2 * size);
    this.#heap = new Int32Array(2 * size + 1);
    this.#nodeLengths = new Uint8Array(2 * size);
  }

  /**
   * Sets the length of each symbol's code, 0 for a symbol that does not occur. There are always two codes: the first
   * symbols get one that nobody uses if fewer occur.
   * @returns the symbols up to the last one with a code
   */
  lengths(frequencies: Int32Array, limit: number, lengths: Uint8Array): number {
    const heap = this.#heap;
    let highest = -1;
    let count = 0;
    lengths.fill(0);
    for (let symbol = 0; symbol < frequencies.length; symbol += 1) {
      const weight = frequencies[symbol] ?? 0;
      if (weight === 0) continue;
      this.#weights[symbol] = weight;
      this.#depths[symbol] = 0;
      heap[++count] = symbol;
      highest = symbol;
    }
    while (count < 2) {
      const symbol = highest < 2 ? ++highest : 0;
      this.#weights[symbol] = 1;
      this.#depths[symbol] = 0;
      heap[++count] = symbol;
    }
    this.#heapSize = count;
    for (let place = count >> 1; place > 0; place -= 1) this.#sink(place);
    const first = this.#join();
    this.#assign(first, limit, lengths);
    return highest + 1;
  }

  /** Whether a node goes before another. */
  #before(a: number, b: number): boolean {
    const difference = (this.#weights[a] ?? 0) - (this.#weights[b] ?? 0);
    return difference < 0 || (difference === 0 && (this.#depths[a] ?? 0) <= (this.#depths[b] ?? 0));
  }

  /** Moves the node at a place down to where it belongs. */
  #sink(start: number): void {
    const heap = this.#heap;
    const size = this.#heapSize;
    const node = heap[start] ?? 0;
    let place = start;
    for (let child = place * 2; child <= size; child = place * 2) {
      if (child < size && this.#before(heap[child + 1] ?? 0, heap[child] ?? 0)) child += 1;
      if (this.#before(node, heap[child] ?? 0)) break;
      heap[place] = heap[child] ?? 0;
      place = child;
    }
    heap[place] = node;
  }

  /**
   * Joins the two least nodes until one is left.
   * @returns the place of the root; behind it all nodes follow, greatest first
   */
  #join(): number {
    const heap = this.#heap;
    let place = heap.length;
    let node = this.#size;
    do {
      const one = heap[1] ?? 0;
      heap[1] = heap[this.#heapSize--] ?? 0;
      this.#sink(1);
      const other = heap[1] ?? 0;
      heap[--place] = one;
      heap[--place] = other;
      this.#weights[node] = (this.#weights[one] ?? 0) + (this.#weights[other] ?? 0);
      this.#depths[node] = Math.max(this.#depths[one] ?? 0, this.#depths[other] ?? 0) + 1;
      this.#parents[one] = node;
      this.#parents[other] = node;
      heap[1] = node++;
      this.#sink(1);
    } while (this.#heapSize >= 2);
    heap[--place] = heap[1] ?? 0;
    return place;
  }

  #assign(root: number, limit: number, lengths: Uint8Array): void {
    const heap = this.#heap;
    const nodeLengths = this.#nodeLengths;
    const counts = new Int32Array(limit + 1);
    let over = 0;
    nodeLengths[heap[root] ?? 0] = 0;
    for (let place = root + 1; place < heap.length; place += 1) {
      const node = heap[place] ?? 0;
      let length = (nodeLengths[this.#parents[node] ?? 0] ?? 0) + 1;
      if (length > limit) {
        length = limit;
        over += 1;
      }
      nodeLengths[node] = length;
      if (node >= this.#size) continue;
      lengths[node] = length;
      counts[length] = (counts[length] ?? 0) + 1;
    }
    if (over === 0) return;
    // Each step moves a leaf one down, where it gets an overflowing leaf as its brother.
    for (; over > 0; over -= 2) {
      let length = limit - 1;
      while (counts[length] === 0) length -= 1;
      counts[length] = (counts[length] ?? 0) - 1;
      counts[length + 1] = (counts[length + 1] ?? 0) + 2;
      counts[limit] = (counts[limit] ?? 0) - 1;
    }
    let place = heap.length;
    for (let length = limit; length > 0; length -= 1) {
      for (let left = counts[length] ?? 0; left > 0;) {
        const node = heap[--place] ?? 0;
        if (node >= this.#size) continue;
        lengths[node] = length;
        left -= 1;
      }
    }
  }
}
