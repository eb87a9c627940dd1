import { Deflate } from 'pako';
import { concatBytes } from '../../base/bytes.js';
import { invariant } from '../../base/error.js';
/** Bytes of output that come at a time. */
const OUTPUT_CHUNK = 64 * 1024;
/**
 * An encoder with the bytes of zlib 1.2.11 to 1.3, window of 32 KiB, default strategy: pako, which is a port of it.
 * @param memLevel zlib's, 1 to 9: how many tokens make a block, and the bits of the hash; 8 is zlib's default
 */
export const zlibFlate = (level, memLevel) => {
    let ready = [];
    const deflate = new Deflate({
        level,
        memLevel,
        windowBits: 15,
        raw: true,
        legacyHash: true,
        chunkSize: OUTPUT_CHUNK,
    });
    deflate.onData = (chunk) => {
        ready.push(chunk);
    };
    return {
        write(bytes) {
            invariant(deflate.push(bytes, false), 'pako refuses input');
        },
        finish() {
            invariant(deflate.push(new Uint8Array(0), true), 'pako refuses to end');
        },
        take() {
            const taken = concatBytes(ready);
            ready = [];
            return taken;
        },
    };
};
