import type { ByteSource } from '../base/bytes.js';
import type { Limits } from '../base/limits.js';
import { type TarMember } from './tar-member.js';
import type { NoteList } from './tar-note.js';
import { type SparseMap } from './tar-sparse.js';
/** A member and where its stored bytes lie. */
export interface ScannedMember extends Omit<TarMember, 'sparse'> {
    /** Of the header block, for errors. */
    readonly headerOffset: number;
    /** Of the stored bytes. */
    readonly dataOffset: number;
    /** Bytes of the file: for a sparse member, those of the whole. */
    readonly size: number;
    readonly map?: SparseMap;
}
export interface ScanOptions {
    readonly limits: Limits;
    readonly notes: NoteList;
    readonly signal?: AbortSignal;
    /** Bytes to read ahead at most; no result depends on it. */
    readonly readAhead?: number;
}
/**
 * The members of a tar in stored order, found by reading headers only; bodies are passed over.
 * @throws {ToolError} any TAR code, LIMIT_MEMBERS, LIMIT_NAME, LIMIT_SPARSE_MAP, LIMIT_DECOMPRESSED
 */
export declare function scanTar(source: ByteSource, options: ScanOptions): AsyncGenerator<ScannedMember, void>;
//# sourceMappingURL=tar-scan.d.ts.map