import { createHash } from 'node:crypto';
/** Algorithms whose digests can be computed here; names as in the OCI image specification. */
export const HASH_ALGORITHMS = ['sha256', 'sha512'];
/** Hex digits of a digest of the algorithm. */
export const HEX_LENGTH = { sha256: 64, sha512: 128 };
export const isHashAlgorithm = (name) => HASH_ALGORITHMS.includes(name);
export const startHash = (algorithm) => {
    const hash = createHash(algorithm);
    return {
        update: (chunk) => {
            hash.update(chunk);
        },
        hex: () => hash.digest('hex'),
    };
};
/** Lower-case hex of the hash of one piece of memory. */
export const hashHex = (algorithm, bytes) => createHash(algorithm).update(bytes).digest('hex');
