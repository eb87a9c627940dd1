import type { Limits } from '../base/limits.js';
import type { TarFields } from './tar-field.js';
import type { PaxRecord } from './tar-pax.js';
/**
 * Sparse members: only the parts of a file that are not holes are stored, and a map says where they belong. Four ways
 * of GNU tar to write the map are read.
 * @see https://www.gnu.org/software/tar/manual/html_section/Sparse-Formats.html
 */
/** A run of stored bytes and its place in the file. */
export interface SparsePart {
    /** Bytes from the start of the file. */
    readonly offset: number;
    /** Bytes. */
    readonly length: number;
}
/** What the header says; the map may go on in blocks after it. */
export interface SparseHeader {
    readonly name?: string;
    readonly realSize: number;
    readonly parts: readonly SparsePart[];
    /** `header`: in blocks between header and body (old GNU). `body`: all of it at the start of the body (1.0). */
    readonly continues?: 'header' | 'body';
}
/** A whole and possible map. */
export interface SparseMap {
    readonly realSize: number;
    /** In order, not overlapping, inside the file; their lengths add up to the stored data. */
    readonly parts: readonly SparsePart[];
    /** Bytes of map after the header: in front of the body (old GNU) or at its start (1.0). */
    readonly mapBytes: number;
}
/**
 * The sparse fields of an old GNU header.
 * @throws {ToolError} TAR_SPARSE_INVALID
 */
export declare const oldSparseHeader: (block: Uint8Array, fields: TarFields, subject: string, offset: number) => SparseHeader;
/**
 * What PAX records say about sparseness (0.0, 0.1, 1.0).
 * @returns undefined if they say nothing
 * @throws {ToolError} TAR_SPARSE_INVALID
 */
export declare const paxSparseHeader: (records: readonly PaxRecord[], pax: ReadonlyMap<string, string>, subject: string, offset: number) => SparseHeader | undefined;
/**
 * The whole map of a sparse member, checked.
 * @param bodySize bytes of the member's body
 * @param pull gives the blocks after the header, one after another
 * @throws {ToolError} TAR_SPARSE_INVALID, LIMIT_SPARSE_MAP, LIMIT_DECOMPRESSED
 */
export declare const readSparseMap: (header: SparseHeader, bodySize: number, pull: () => Promise<Uint8Array>, where: {
    readonly subject: string;
    readonly offset: number;
    readonly limits: Limits;
}) => Promise<SparseMap>;
//# sourceMappingURL=tar-sparse.d.ts.map