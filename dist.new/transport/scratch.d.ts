import type { ByteSource, ByteStream } from '../base/bytes.js';
import type { Scratch } from '../base/scratch.js';
/** A private directory that goes with its owner. */
export interface ScratchDirectory extends Scratch {
    /** Bytes of a stream in a file of their own, as a source. */
    spool(stream: ByteStream, name: string): Promise<ByteSource>;
    /** Removes everything. Sources opened before stay readable until closed where the system allows it. */
    remove(): Promise<void>;
}
/**
 * A directory that only this user can read, made when first used, below `$TMPDIR` unless told.
 * @throws {ToolError} NO_SPACE, PERMISSION_DENIED, IO
 */
export declare const scratchDirectory: (parent?: string) => ScratchDirectory;
//# sourceMappingURL=scratch.d.ts.map