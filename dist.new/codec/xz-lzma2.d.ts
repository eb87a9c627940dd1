import type { ByteStream } from '../base/bytes.js';
import type { SlidingWindow } from './sliding-window.js';
import type { XzReader } from './xz-reader.js';
/**
 * One run of LZMA2 chunks, to its end mark; chunks of at most 2 MiB, valid until the next pull.
 * @throws {ToolError} XZ_CORRUPT
 */
export declare function readLzma2(reader: XzReader, window: SlidingWindow, dictionarySize: number): ByteStream;
//# sourceMappingURL=xz-lzma2.d.ts.map