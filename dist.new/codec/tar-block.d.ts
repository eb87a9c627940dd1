/** The 512-byte grid that every tar dialect shares: padding, zero blocks, checksums. */
/** Bytes of one tar block; headers take one, bodies are padded to a multiple. */
export declare const TAR_BLOCK = 512;
/** What ends a tar: two blocks of zeros. */
export declare const END_OF_TAR: Uint8Array;
/** Bytes of zeros between a body of `size` bytes and the next header: 0 to 511. */
export declare const paddingAfter: (size: number) => number;
/** Whether all bytes are zero; true for no bytes. */
export declare const isZero: (bytes: Uint8Array) => boolean;
/** Both sums of a header block with its checksum field taken as spaces: POSIX adds unsigned bytes, some old tars signed ones. */
export declare const checksumsOf: (block: Uint8Array) => {
    readonly unsigned: number;
    readonly signed: number;
};
/** Writes the checksum of a header block into it: six octal digits, NUL, space. */
export declare const setChecksum: (block: Uint8Array) => void;
//# sourceMappingURL=tar-block.d.ts.map