/**
 * CRC-64 of ECMA-182, reflected, as xz uses it. JavaScript has no fast 64-bit integers, so a sum is two halves; bytes
 * are taken four at a time.
 */
export interface RunningCrc64 {
    update(bytes: Uint8Array): void;
    /** Eight bytes, little-endian, as xz stores them. */
    digest(): Uint8Array;
}
/** Starts a CRC-64. */
export declare const startCrc64: () => RunningCrc64;
//# sourceMappingURL=crc64.d.ts.map