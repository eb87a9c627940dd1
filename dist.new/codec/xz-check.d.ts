/** The check of a block's plain bytes. */
export interface RunningCheck {
    update(bytes: Uint8Array): void;
    digest(): Uint8Array;
}
/** Starts a CRC32 whose digest is four bytes, little-endian. */
export declare const startCrc32: () => RunningCheck;
/** How to start the check of an ID of the xz format; undefined for those that no known encoder uses. */
export declare const checkOf: (id: number) => (() => RunningCheck) | undefined;
//# sourceMappingURL=xz-check.d.ts.map