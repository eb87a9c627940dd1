export const prefixCode = (size) => ({
    lengths: new Uint8Array(size),
    codes: new Uint16Array(size),
});
const MAX_BITS = 15;
const reversed = (code, length) => {
    let bits = code;
    bits = ((bits & 0x5555) << 1) | ((bits >>> 1) & 0x5555);
    bits = ((bits & 0x3333) << 2) | ((bits >>> 2) & 0x3333);
    bits = ((bits & 0x0f0f) << 4) | ((bits >>> 4) & 0x0f0f);
    bits = ((bits & 0x00ff) << 8) | (bits >>> 8);
    return bits >>> (16 - length);
};
/**
 * Derives the codes from the lengths.
 * @see {@link https://www.rfc-editor.org/rfc/rfc1951#section-3.2.2}
 */
export const assignCodes = ({ lengths, codes }) => {
    const next = new Int32Array(MAX_BITS + 2);
    for (const length of lengths)
        next[length + 1] = (next[length + 1] ?? 0) + 1;
    next[1] = 0;
    for (let length = 1; length <= MAX_BITS; length += 1) {
        next[length + 1] = ((next[length] ?? 0) + (next[length + 1] ?? 0)) << 1;
    }
    for (let symbol = 0; symbol < lengths.length; symbol += 1) {
        const length = lengths[symbol] ?? 0;
        if (length === 0)
            continue;
        const code = next[length] ?? 0;
        codes[symbol] = reversed(code, length);
        next[length] = code + 1;
    }
};
/** Bits that symbols of these frequencies take in the code. */
export const codedBits = (frequencies, { lengths }) => {
    let bits = 0;
    for (let symbol = 0; symbol < frequencies.length; symbol += 1) {
        bits += (frequencies[symbol] ?? 0) * (lengths[symbol] ?? 0);
    }
    return bits;
};
/** The code of literals and lengths in blocks of type 1; its last two symbols never occur in data. */
export const FIXED_LITERALS = prefixCode(288);
FIXED_LITERALS.lengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280);
assignCodes(FIXED_LITERALS);
/** The code of distances in blocks of type 1. */
export const FIXED_DISTANCES = prefixCode(30);
FIXED_DISTANCES.lengths.fill(5);
assignCodes(FIXED_DISTANCES);
