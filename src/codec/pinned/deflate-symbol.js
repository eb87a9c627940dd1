/**
 * The symbols of RFC 1951, section 3.2.5, as tables.
 * @see {@link https://www.rfc-editor.org/rfc/rfc1951#section-3.2.5}
 */
/** The literal/length symbol that ends a block. */
export const END_OF_BLOCK = 256;
/** Literal/length symbols that may occur in data: 0 to 285. */
export const LITERAL_COUNT = 286;
/** Distance symbols that may occur in data: 0 to 29. */
export const DISTANCE_COUNT = 30;
/** Bytes of the shortest match that the format can say. */
export const MIN_LENGTH = 3;
/** Bytes of the longest. */
export const MAX_LENGTH = 258;
/** Bytes back that a match can reach. */
export const MAX_DISTANCE = 32768;
/** Bytes that a stored block can hold. */
export const MAX_STORED = 65535;
const LENGTH_SYMBOLS = 29;
/** Extra bits behind length symbol 257 + index. */
export const LENGTH_EXTRA = Uint8Array.from({ length: LENGTH_SYMBOLS }, (_, index) => index < 8 || index === LENGTH_SYMBOLS - 1 ? 0 : (index - 4) >> 2);
/** Extra bits behind a distance symbol. */
export const DISTANCE_EXTRA = Uint8Array.from({ length: DISTANCE_COUNT }, (_, symbol) => symbol < 4 ? 0 : (symbol - 2) >> 1);
const basesOf = (extra, first) => {
    const bases = new Int32Array(extra.length);
    let base = first;
    for (const [index, bits] of extra.entries()) {
        bases[index] = base;
        base += 1 << bits;
    }
    return bases;
};
/** Shortest match of length symbol 257 + index, in bytes. Symbol 285 stands for 258 alone. */
export const LENGTH_BASE = basesOf(LENGTH_EXTRA, MIN_LENGTH);
LENGTH_BASE[LENGTH_SYMBOLS - 1] = MAX_LENGTH;
/** Least distance less one of a distance symbol. */
export const DISTANCE_BASE = basesOf(DISTANCE_EXTRA, 0);
/** Length symbol less 257 of a match of index bytes, 3 to 258. */
export const LENGTH_INDEX = new Uint8Array(MAX_LENGTH + 1);
for (let index = 0; index < LENGTH_SYMBOLS; index += 1) {
    LENGTH_INDEX.fill(index, LENGTH_BASE[index] ?? 0);
}
/** Distance symbol of a distance less one, 0 to 32767. */
export const distanceSymbol = (reach) => {
    if (reach < 4)
        return reach;
    const top = 31 - Math.clz32(reach);
    return top * 2 + ((reach >>> (top - 1)) & 1);
};
