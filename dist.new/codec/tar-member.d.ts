import type { EntryType } from '../base/file-tree.js';
import type { Limits } from '../base/limits.js';
import { type TarFields } from './tar-field.js';
import type { NoteList } from './tar-note.js';
import { type SparseHeader } from './tar-sparse.js';
/** What one header, together with the extension headers before it, says. */
export interface TarMember {
    /** The header block's own fields. */
    readonly fields: TarFields;
    /** As stored; may be anything. */
    readonly path: string;
    readonly type: EntryType;
    /** For `other`: what it is. */
    readonly typeName?: string;
    readonly linkTarget?: string;
    /** Bytes of body in the tar, padding not counted. For this and for skipping there is no other number. */
    readonly bodySize: number;
    /** Global and own PAX records that count. */
    readonly pax: ReadonlyMap<string, string>;
    readonly sparse?: SparseHeader;
}
/** What a header block asks its reader to do next. */
export type TarStep = 
/** A block of zeros. */
{
    readonly kind: 'zero';
}
/** Give the body of so many bytes to {@link MemberReader.extension}. */
 | {
    readonly kind: 'extension';
    readonly size: number;
}
/** Nothing to keep: go past so many bytes. */
 | {
    readonly kind: 'skip';
    readonly size: number;
} | {
    readonly kind: 'member';
    readonly member: TarMember;
};
/** Puts members together from header blocks, for readers that seek and readers that stream. */
export interface MemberReader {
    /**
     * Takes one block.
     * @throws {ToolError} any TAR code, LIMIT_NAME, LIMIT_MEMBERS
     */
    header(block: Uint8Array, offset: number): TarStep;
    /**
     * Takes the body of the extension header just read.
     * @throws {ToolError} TAR_PAX_SYNTAX, TAR_PAX_VALUE, TAR_NAME_NUL, TAR_GLOBAL_OVERRIDE
     */
    extension(body: Uint8Array, offset: number): void;
    /**
     * Says that no member follows.
     * @throws {ToolError} TAR_DANGLING_META
     */
    end(offset: number): void;
}
/** @param subject the archive's name, for errors and notes */
export declare const createMemberReader: (subject: string, limits: Limits, notes: NoteList) => MemberReader;
//# sourceMappingURL=tar-member.d.ts.map