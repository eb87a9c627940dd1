import xxhash, { type XXHashAPI } from 'xxhash-wasm';

let loading: Promise<XXHashAPI> | undefined;

/** A running XXH64 with seed 0. */
export interface RunningXxh64 {
  update(chunk: Uint8Array): void;
  /** The low 32 bits, as zstd stores them. */
  low32(): number;
}

/** A maker of running XXH64 hashes; the WebAssembly module behind it is loaded once for a process. */
export const loadXxh64 = async (): Promise<() => RunningXxh64> => {
  loading ??= xxhash();
  const api = await loading;
  return () => {
    const hash = api.create64();
    return {
      update: (chunk) => {
        hash.update(chunk);
      },
      low32: () => Number(hash.digest() & 0xffff_ffffn),
    };
  };
};
