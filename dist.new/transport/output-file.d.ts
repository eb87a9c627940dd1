import type { ByteStream } from '../base/bytes.js';
/** A file that is written beside its target and takes its place when complete. */
export interface OutputFile {
    readonly fd: number;
    truncate(size: number): Promise<void>;
    write(bytes: Uint8Array, position: number): Promise<void>;
    /** Makes the file durable and puts it in place. */
    commit(): Promise<void>;
    /** Removes it; the target stays as it was. Does nothing after {@link OutputFile.commit}. */
    discard(): Promise<void>;
}
/**
 * Begins a file. The umask decides its mode, as for any file the user makes.
 * @throws {ToolError} FILE_NOT_FOUND, PERMISSION_DENIED, NO_SPACE, IO; DESTINATION_UNFIT for a directory
 */
export declare const createOutputFile: (path: string) => Promise<OutputFile>;
/** True for something that exists and is neither a regular file nor a link to one: `/dev/null`, a FIFO. */
export declare const isSpecialFile: (path: string) => Promise<boolean>;
/** Writes a stream into a device or FIFO, in order. @throws {ToolError} PIPE_CLOSED, NO_SPACE, IO */
export declare const writeSpecialFile: (path: string, stream: ByteStream) => Promise<void>;
//# sourceMappingURL=output-file.d.ts.map