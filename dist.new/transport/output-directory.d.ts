import type { ByteSource } from '../base/bytes.js';
/** One file of a directory, written aside and put in place when complete. */
export interface OutputPart {
    readonly fd: number;
    truncate(size: number): Promise<void>;
    write(bytes: Uint8Array, position: number): Promise<void>;
    /** Makes it durable and visible under its name, replacing what was there. */
    commit(): Promise<void>;
    discard(): Promise<void>;
}
/** A directory that receives files. Nothing incomplete is ever visible under a final name. */
export interface OutputDirectory {
    readonly root: string;
    /** Bytes of a file that is there; undefined for none. */
    sizeOf(path: string): Promise<number | undefined>;
    /** A file that is there, as a source. */
    open(path: string): Promise<ByteSource>;
    create(path: string): Promise<OutputPart>;
    /** Removes the private part of the directory; call it whatever happened. */
    close(): Promise<void>;
}
/** True for a directory that holds anything. @throws {ToolError} DESTINATION_UNFIT if the path is no directory */
export declare const holdsFiles: (path: string) => Promise<boolean>;
/**
 * A directory to add files to, made if it is not there. `created` tells whether it was.
 * @throws {ToolError} PERMISSION_DENIED, NO_SPACE, IO
 */
export declare const extendDirectory: (path: string) => Promise<OutputDirectory & {
    readonly created: boolean;
}>;
/** A directory that is built beside its target and takes its place as a whole. */
export interface ReplacementDirectory extends OutputDirectory {
    commit(): Promise<void>;
}
/** @throws {ToolError} PERMISSION_DENIED, NO_SPACE, IO */
export declare const replaceDirectory: (path: string) => Promise<ReplacementDirectory>;
/** A small file of a directory, or undefined. */
export declare const readSmallFile: (directory: string, name: string) => Promise<Uint8Array | undefined>;
//# sourceMappingURL=output-directory.d.ts.map