/** The fixed fields of one header block, in whatever dialect it is. */
export interface TarFields {
    /** One character; NUL is `\0`. */
    readonly typeflag: string;
    /** With the prefix, where the dialect has one. */
    readonly name: string;
    readonly linkName: string;
    /** Bytes that the block claims to be followed by. */
    readonly size: number;
    readonly mode: number;
    readonly uid: number;
    readonly gid: number;
    /** Seconds since 1970; negative before. */
    readonly mtime: number;
    readonly dialect: 'v7' | 'ustar' | 'star' | 'gnu';
}
/** Whether a block has the checksum of a tar header, unsigned or signed; a block of zeros has not. */
export declare const hasChecksum: (block: Uint8Array) => boolean;
/**
 * The fields of a block that is not all zeros.
 * @param offset where the block lies, for errors
 * @throws {ToolError} TAR_CHECKSUM, TAR_BAD_NUMBER
 */
export declare const readFields: (block: Uint8Array, subject: string, offset: number) => TarFields;
//# sourceMappingURL=tar-field.d.ts.map