export { END_OF_TAR, TAR_BLOCK, paddingAfter } from './tar-block.js';
/**
 * Canonical tar headers. What is written here is the product: one way to say each thing, equal byte for byte to what
 * GNU tar 1.34 writes with
 *
 *     tar -b1 --format=ustar --owner=0 --group=0 --numeric-owner --mode=0644 --mtime=@0 --no-recursion
 *
 * and, where ustar has no room, with `--format=posix
 * --pax-option=delete=atime,delete=ctime,exthdr.name=%d/PaxHeaders/%f` instead of `--format=ustar`. Nothing is ever
 * cut, saturated or wrapped in silence: what cannot be said is a defect of the caller.
 * @see https://pubs.opengroup.org/onlinepubs/9699919799.2018edition/utilities/pax.html#tag_20_92_13_06
 */
/** What a canonical archive can hold. */
export interface TarHeaderEntry {
    /** Relative, `/` between components, no empty, `.` or `..` component. A directory may be given with or without `/` at its end. */
    readonly path: string;
    readonly type: 'file' | 'directory';
    /** Bytes of the body that follows; 0 for a directory. */
    readonly size: number;
    /** Whole seconds since 1970, 0 to 8^11 - 1. */
    readonly mtime: number;
}
/**
 * The canonical header of an entry: one ustar block, or a PAX extension header, its body and a ustar block if the
 * name or the size (8 GiB and more) does not fit. The extension header carries the entry's mtime; in the block after
 * it a long name is cut to 100 bytes and a large size is 0, both as GNU tar has it.
 * @throws {ToolError} DEFECT what no canonical header can say
 */
export declare const encodeTarHeader: (entry: TarHeaderEntry) => Uint8Array;
/**
 * Bytes of {@link encodeTarHeader} for the entry.
 * @throws {ToolError} DEFECT what no canonical header can say
 */
export declare const tarHeaderLength: (entry: TarHeaderEntry) => number;
//# sourceMappingURL=tar-header.d.ts.map