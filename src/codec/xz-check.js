import { crc32 } from 'node:zlib';
import { startHash } from '../base/hash.js';
import { startCrc64 } from './crc64.js';
const littleEndian = (value) => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    return bytes;
};
/** Starts a CRC32 whose digest is four bytes, little-endian. */
export const startCrc32 = () => {
    let sum = 0;
    return {
        update: (bytes) => {
            sum = crc32(bytes, sum);
        },
        digest: () => littleEndian(sum),
    };
};
const startSha256 = () => {
    const hash = startHash('sha256');
    return { update: (bytes) => hash.update(bytes), digest: () => Uint8Array.from(Buffer.from(hash.hex(), 'hex')) };
};
const startNone = () => ({ update: () => { }, digest: () => new Uint8Array(0) });
/** How to start the check of an ID of the xz format; undefined for those that no known encoder uses. */
export const checkOf = (id) => new Map([
    [0x00, startNone],
    [0x01, startCrc32],
    [0x04, startCrc64],
    [0x0a, startSha256],
]).get(id);
