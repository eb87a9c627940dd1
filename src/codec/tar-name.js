import { isAscii } from 'node:buffer';
import { ToolError } from '../base/error.js';
/** Names in tars: bytes on the outside, keys of a table inside. They never become paths of a disk here. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/**
 * A name as text, so that different bytes give different texts. What is not UTF-8 comes byte by byte: ASCII as it is,
 * each other byte as a lone surrogate U+DC80 to U+DCFF, which no UTF-8 gives.
 */
export const decodeName = (bytes) => {
    // Nearly all names are ASCII, and this way is several times faster.
    if (isAscii(bytes))
        return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    try {
        return UTF8.decode(bytes);
    }
    catch {
        return Array.from(bytes, (byte) => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)).join('');
    }
};
/** The bytes of a field up to its first NUL. */
export const upToNul = (field) => {
    const end = field.indexOf(0);
    return end === -1 ? field : field.subarray(0, end);
};
/** Where a name leads that is taken from a folder: components, or undefined if it leaves the root. */
export const resolveComponents = (folder, name) => {
    const parts = [...folder];
    for (const part of name.split('/')) {
        if (part === '' || part === '.')
            continue;
        if (part !== '..')
            parts.push(part);
        else if (parts.pop() === undefined)
            return undefined;
    }
    return parts;
};
/**
 * The key of a member's name: `.` and empty components and the slash at the end dropped. Backslashes, colons and
 * letter case mean nothing.
 * @returns `''` for the folder `./`
 * @throws {ToolError} TAR_BAD_NAME, ARCHIVE_UNSAFE_NAME
 */
export const archivePath = (stored, subject, offset) => {
    if (stored === '' || stored === '/' || stored === '.') {
        throw new ToolError('TAR_BAD_NAME', 'a member has no usable name', {
            subject,
            offset,
            found: JSON.stringify(stored),
        });
    }
    const parts = stored.split('/');
    if (stored.startsWith('/') || parts.includes('..')) {
        throw new ToolError('ARCHIVE_UNSAFE_NAME', 'a name is absolute or leaves the archive', {
            subject,
            offset,
            found: stored,
        });
    }
    return parts.filter((part) => part !== '' && part !== '.').join('/');
};
