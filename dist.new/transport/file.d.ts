import { type FileHandle } from 'node:fs/promises';
import type { ByteSource } from '../base/bytes.js';
/** A source on an open regular file, which it closes. */
export declare const handleSource: (handle: FileHandle, size: number, name: string) => ByteSource;
export interface OpenFileOptions {
    /** Refuse to follow a link at the last component. */
    readonly noFollow?: boolean;
    /** Code for what is no regular file. */
    readonly notRegular?: 'ARCHIVE_NOT_REGULAR' | 'BLOB_NOT_REGULAR';
}
/**
 * A regular file as a source. Never blocks on a FIFO or device.
 * @throws {ToolError} FILE_NOT_FOUND, PERMISSION_DENIED, TOO_MANY_FILES, IO; ARCHIVE_NOT_REGULAR or BLOB_NOT_REGULAR
 */
export declare const openFileSource: (path: string, name?: string, options?: OpenFileOptions) => Promise<ByteSource>;
//# sourceMappingURL=file.d.ts.map