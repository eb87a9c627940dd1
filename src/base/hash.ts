import { type Hash, createHash } from 'node:crypto';

/** Algorithms whose digests can be computed here; names as in the OCI image specification. */
export const HASH_ALGORITHMS = ['sha256', 'sha512'] as const;
export type HashAlgorithm = (typeof HASH_ALGORITHMS)[number];

/** Hex digits of a digest of the algorithm. */
export const HEX_LENGTH: Readonly<Record<HashAlgorithm, number>> = { sha256: 64, sha512: 128 };

export const isHashAlgorithm = (name: string): name is HashAlgorithm =>
  (HASH_ALGORITHMS as readonly string[]).includes(name);

export interface Hasher {
  update(chunk: Uint8Array): void;
  /** Lower-case hex. Ends the hasher. */
  hex(): string;
}

export const startHash = (algorithm: HashAlgorithm): Hasher => {
  const hash: Hash = createHash(algorithm);
  return {
    update: (chunk) => {
      hash.update(chunk);
    },
    hex: () => hash.digest('hex'),
  };
};

/** Lower-case hex of the hash of one piece of memory. */
export const hashHex = (algorithm: HashAlgorithm, bytes: Uint8Array): string =>
  createHash(algorithm).update(bytes).digest('hex');
