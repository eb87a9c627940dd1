import type { ByteSource } from '../base/bytes.js';
/** Small reads from a source in rising order, many of them from one larger read. */
export interface ReadWindow {
    /** Bytes from `offset`, fewer only at the source's end; valid until the next call. */
    read(offset: number, length: number): Promise<Uint8Array>;
}
/**
 * A window that grows while it serves many reads and shrinks while it does not: members may be a few bytes or
 * gigabytes apart.
 * @param largest bytes that it may read ahead
 */
export declare const createWindow: (source: ByteSource, largest?: number) => ReadWindow;
//# sourceMappingURL=tar-window.d.ts.map