import { utf8 } from '../base/bytes.js';
/** The 512-byte grid that every tar dialect shares: padding, zero blocks, checksums. */
/** Bytes of one tar block; headers take one, bodies are padded to a multiple. */
export const TAR_BLOCK = 512;
/** What ends a tar: two blocks of zeros. */
export const END_OF_TAR = new Uint8Array(2 * TAR_BLOCK);
/** Bytes of zeros between a body of `size` bytes and the next header: 0 to 511. */
export const paddingAfter = (size) => {
    const over = size % TAR_BLOCK;
    return over === 0 ? 0 : TAR_BLOCK - over;
};
/** Whether all bytes are zero; true for no bytes. */
export const isZero = (bytes) => 
// Zero at the start, and every byte equal to the one before it: one comparison in native code.
bytes.length === 0 || (bytes[0] === 0 && Buffer.compare(bytes.subarray(1), bytes.subarray(0, -1)) === 0);
const CHECKSUM_START = 148;
const CHECKSUM_END = 156;
const SPACE = 0x20;
/** Both sums of a header block with its checksum field taken as spaces: POSIX adds unsigned bytes, some old tars signed ones. */
export const checksumsOf = (block) => {
    let unsigned = SPACE * (CHECKSUM_END - CHECKSUM_START);
    let high = 0;
    for (let at = 0; at < TAR_BLOCK; at += 1) {
        if (at === CHECKSUM_START)
            at = CHECKSUM_END;
        const byte = block[at] ?? 0;
        unsigned += byte;
        high += byte >> 7;
    }
    return { unsigned, signed: unsigned - 256 * high };
};
/** Writes the checksum of a header block into it: six octal digits, NUL, space. */
export const setChecksum = (block) => {
    const digits = checksumsOf(block).unsigned.toString(8).padStart(6, '0');
    block.set(utf8(`${digits}\0 `), CHECKSUM_START);
};
