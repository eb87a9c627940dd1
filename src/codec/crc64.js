const POLYNOMIAL_LOW = 0xd787_0f42;
const POLYNOMIAL_HIGH = 0xc96c_5795;
/** Row `n` of 256: what a byte contributes that is followed by `n` others. */
const makeTables = () => {
    const low = new Int32Array(4 * 256);
    const high = new Int32Array(4 * 256);
    for (let byte = 0; byte < 256; byte += 1) {
        let l = byte;
        let h = 0;
        for (let bit = 0; bit < 8; bit += 1) {
            const odd = l & 1;
            l = (l >>> 1) | (h << 31);
            h >>>= 1;
            if (odd === 1) {
                l ^= POLYNOMIAL_LOW;
                h ^= POLYNOMIAL_HIGH;
            }
        }
        low[byte] = l;
        high[byte] = h;
    }
    for (let at = 256; at < 1024; at += 1) {
        const l = low[at - 256];
        const h = high[at - 256];
        low[at] = ((l >>> 8) | (h << 24)) ^ low[l & 0xff];
        high[at] = (h >>> 8) ^ high[l & 0xff];
    }
    return { low, high };
};
let tables;
/** Starts a CRC-64. */
export const startCrc64 = () => {
    tables ??= makeTables();
    const { low, high } = tables;
    let l = -1;
    let h = -1;
    return {
        update: (bytes) => {
            const length = bytes.length;
            let at = 0;
            for (; at + 4 <= length; at += 4) {
                const word = l ^ (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24));
                const a = 768 + (word & 0xff);
                const b = 512 + ((word >>> 8) & 0xff);
                const c = 256 + ((word >>> 16) & 0xff);
                const d = word >>> 24;
                l = h ^ low[a] ^ low[b] ^ low[c] ^ low[d];
                h = high[a] ^ high[b] ^ high[c] ^ high[d];
            }
            for (; at < length; at += 1) {
                const index = (l ^ bytes[at]) & 0xff;
                l = ((l >>> 8) | (h << 24)) ^ low[index];
                h = (h >>> 8) ^ high[index];
            }
        },
        digest: () => {
            const result = new Uint8Array(8);
            const view = new DataView(result.buffer);
            view.setInt32(0, ~l, true);
            view.setInt32(4, ~h, true);
            return result;
        },
    };
};
