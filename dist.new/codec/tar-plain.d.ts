import type { ByteStream } from '../base/bytes.js';
import type { TreeNote } from '../base/file-tree.js';
import { type Limits } from '../base/limits.js';
import { type TarMember } from './tar-member.js';
/** A member on its way to tar-stream, with what only this side knows. */
export interface PlainMember {
    readonly member: TarMember;
    /** Bytes of content; for a sparse member, those of the whole file. */
    readonly size: number;
}
export interface PlainTarOptions {
    /** How the stream is named in errors. */
    readonly subject: string;
    readonly limits: Limits;
    /** Is told of what was odd, at the end. */
    readonly onNote?: (note: TreeNote) => void;
}
/**
 * A tar stream in the one form about which tar-stream has no doubt: a ustar header for each member, holes filled,
 * extension headers gone, all checks done. `onMember` is told of each member before its header comes.
 * @throws {ToolError} any TAR or LIMIT code
 */
export declare const plainTar: (stream: ByteStream, options: PlainTarOptions, onMember: (member: PlainMember) => void) => ByteStream;
//# sourceMappingURL=tar-plain.d.ts.map