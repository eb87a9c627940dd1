import type { SlidingWindow } from './sliding-window.js';
import type { RunningCheck } from './xz-check.js';
import { type XzReader } from './xz-reader.js';
/** What a block was, as the index of its stream must repeat it. Bytes. */
export interface BlockSizes {
    /** Header, data and check, without the padding between data and check. */
    readonly unpadded: number;
    readonly plain: number;
}
/** Takes the zeros up to the next multiple of four of `length` bytes. @throws {ToolError} XZ_CORRUPT */
export declare const passPadding: (reader: XzReader, length: number) => Promise<void>;
/**
 * One block: its plain bytes, and at the end its sizes.
 * @param limit bytes that the dictionary may take
 * @throws {ToolError} XZ_CORRUPT, CODEC_UNSUPPORTED
 */
export declare function readBlock(reader: XzReader, window: SlidingWindow, check: RunningCheck, limit: number): AsyncGenerator<Uint8Array, BlockSizes>;
//# sourceMappingURL=xz-block.d.ts.map