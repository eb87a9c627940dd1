import type { ByteStream } from '../base/bytes.js';
import { type PlainTarOptions } from './tar-plain.js';
/** The types of entry that a layer can hold. */
export type TarEntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'character-device' | 'block-device' | 'fifo';
/** What a tar says about one entry, PAX records counted in. */
export interface TarEntryHeader {
    /** As stored, with whatever is in it; not a path to open. Directories may end with `/`. */
    readonly path: string;
    readonly type: TarEntryType;
    /** Bytes of content; 0 for all but files. */
    readonly size: number;
    /** As stored: some writers put the bits of the file type in it. */
    readonly mode: number;
    readonly uid: number;
    readonly gid: number;
    readonly uname: string;
    readonly gname: string;
    /** Seconds since 1970, with a fraction if a PAX record has one. */
    readonly mtime: number;
    /** For links: the target as stored. */
    readonly linkTarget?: string;
    /** For devices. */
    readonly device?: {
        readonly major: number;
        readonly minor: number;
    };
    /** All PAX records that count for the entry, as text. */
    readonly pax: ReadonlyMap<string, string>;
}
export interface TarEntry {
    readonly header: TarEntryHeader;
    /** Can be read until the next entry is asked for; what is left of it then is passed over. */
    readonly content: ByteStream;
}
export type ReadTarOptions = PlainTarOptions;
/**
 * The entries of a tar stream, in order, each with its content. tar-stream takes the tar apart; what it would pass
 * over in silence, read differently from others, or hang on is settled before it sees it. The stream is read to its
 * end.
 * @throws {ToolError} any TAR or LIMIT code, and what the stream throws
 */
export declare function readTar(stream: ByteStream, options: ReadTarOptions): AsyncGenerator<TarEntry, void>;
//# sourceMappingURL=tar-read.d.ts.map