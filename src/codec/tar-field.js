import { ToolError } from '../base/error.js';
import { checksumsOf } from './tar-block.js';
import { decodeName, upToNul } from './tar-name.js';
import { parseTarNumber } from './tar-number.js';
const latin1 = (block, start, end) => Buffer.from(block.buffer, block.byteOffset + start, end - start).toString('latin1');
const dialectOf = (block) => {
    const magic = latin1(block, 257, 265);
    if (magic === 'ustar  \0')
        return 'gnu';
    if (!magic.startsWith('ustar\0'))
        return 'v7';
    return latin1(block, 508, 512) === 'tar\0' ? 'star' : 'ustar';
};
/** Bytes of the prefix field; star keeps times behind a shorter one, GNU has other things in its place. */
const PREFIX_LENGTH = { v7: 0, gnu: 0, ustar: 155, star: 131 };
/** Whether a block has the checksum of a tar header, unsigned or signed; a block of zeros has not. */
export const hasChecksum = (block) => {
    const stored = parseTarNumber(block.subarray(148, 156));
    const { unsigned, signed } = checksumsOf(block);
    return stored === unsigned || stored === signed;
};
/**
 * The fields of a block that is not all zeros.
 * @param offset where the block lies, for errors
 * @throws {ToolError} TAR_CHECKSUM, TAR_BAD_NUMBER
 */
export const readFields = (block, subject, offset) => {
    if (!hasChecksum(block)) {
        throw new ToolError('TAR_CHECKSUM', 'this is no tar header: its checksum does not match', { subject, offset });
    }
    const number = (field, start, end) => {
        const value = parseTarNumber(block.subarray(start, end));
        if (value === undefined || (field === 'size' && value < 0)) {
            const found = value === undefined ? JSON.stringify(latin1(block, start, end)) : `${value}`;
            throw new ToolError('TAR_BAD_NUMBER', `the tar header has no usable ${field}`, { subject, offset, found });
        }
        return value;
    };
    const dialect = dialectOf(block);
    const name = upToNul(block.subarray(0, 100));
    const prefix = upToNul(block.subarray(345, 345 + PREFIX_LENGTH[dialect]));
    return {
        typeflag: String.fromCharCode(block[156] ?? 0),
        name: decodeName(prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name])),
        linkName: decodeName(upToNul(block.subarray(157, 257))),
        size: number('size', 124, 136),
        mode: number('mode', 100, 108),
        uid: number('uid', 108, 116),
        gid: number('gid', 116, 124),
        mtime: number('mtime', 136, 148),
        dialect,
    };
};
