import { type ByteSource } from '../base/bytes.js';
import type { SparseMap } from './tar-sparse.js';
/** Zeros, in chunks. */
export declare function zeros(length: number): Generator<Uint8Array>;
/**
 * A sparse member as the file that it stands for.
 * @param data offset in the tar of the stored bytes, behind any map
 */
export declare const sparseSource: (tar: ByteSource, data: number, map: SparseMap, name: string) => ByteSource;
//# sourceMappingURL=tar-sparse-source.d.ts.map