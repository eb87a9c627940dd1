import type { ByteStream } from '../base/bytes.js';
import { type BulkOptions } from '../codec/bulk.js';
import type { VerifiedBlobReader } from '../content/blob.js';
import { type ArchivePlan } from './plan.js';
/** The archive from front to end, for pipes. @throws as the blob reader */
export declare function writeArchive(plan: ArchivePlan, blobs: VerifiedBlobReader, signal?: AbortSignal): ByteStream;
/** An open, empty file that can be written anywhere. Bytes never written are zeros. */
export interface ArchiveFile {
    readonly fd: number;
    /** Sets the length in bytes. */
    truncate(size: number): Promise<void>;
    write(bytes: Uint8Array, position: number): Promise<void>;
}
/**
 * The archive into a file. The plan says where everything goes, so blobs that lie in files are copied in any order by
 * all threads, each verified as it is copied. The file is complete only when this returns.
 * @throws as {@link writeArchive}
 */
export declare const writeArchiveFile: (plan: ArchivePlan, blobs: VerifiedBlobReader, file: ArchiveFile, options: BulkOptions) => Promise<void>;
//# sourceMappingURL=write.d.ts.map