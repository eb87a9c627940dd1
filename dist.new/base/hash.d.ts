/** Algorithms whose digests can be computed here; names as in the OCI image specification. */
export declare const HASH_ALGORITHMS: readonly ['sha256', 'sha512'];
export type HashAlgorithm = (typeof HASH_ALGORITHMS)[number];
/** Hex digits of a digest of the algorithm. */
export declare const HEX_LENGTH: Readonly<Record<HashAlgorithm, number>>;
export declare const isHashAlgorithm: (name: string) => name is HashAlgorithm;
export interface Hasher {
    update(chunk: Uint8Array): void;
    /** Lower-case hex. Ends the hasher. */
    hex(): string;
}
export declare const startHash: (algorithm: HashAlgorithm) => Hasher;
/** Lower-case hex of the hash of one piece of memory. */
export declare const hashHex: (algorithm: HashAlgorithm, bytes: Uint8Array) => string;
//# sourceMappingURL=hash.d.ts.map