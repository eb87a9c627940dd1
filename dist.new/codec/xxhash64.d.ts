/** A running XXH64 with seed 0. */
export interface RunningXxh64 {
    update(chunk: Uint8Array): void;
    /** The low 32 bits, as zstd stores them. */
    low32(): number;
}
/** A maker of running XXH64 hashes; the WebAssembly module behind it is loaded once for a process. */
export declare const loadXxh64: () => Promise<() => RunningXxh64>;
//# sourceMappingURL=xxhash64.d.ts.map