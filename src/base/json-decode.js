import { ToolError } from './error.js';
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const REPLACEMENT = [0xef, 0xbf, 0xbd];
const standsAt = (bytes, offset, sequence) => sequence.every((byte, index) => bytes[offset + index] === byte);
/** A lenient decoder writes U+FFFD for what is wrong; the first one that is not in the bytes marks the place. */
const firstInvalidByte = (bytes) => {
    let offset = 0;
    for (const character of new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)) {
        if (character === '\ufffd' && !standsAt(bytes, offset, REPLACEMENT))
            break;
        const point = character.codePointAt(0) ?? 0;
        offset += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    }
    return offset;
};
/**
 * The text of a document. Nothing is replaced and nothing is skipped.
 * @param subject names the document in errors
 * @throws {ToolError} JSON_BOM, JSON_INVALID_UTF8 with the offset of the first wrong byte
 */
export const decodeJsonText = (bytes, subject) => {
    if (standsAt(bytes, 0, BYTE_ORDER_MARK)) {
        throw new ToolError('JSON_BOM', 'begins with a byte order mark', { subject, offset: 0 });
    }
    try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    }
    catch (cause) {
        const offset = firstInvalidByte(bytes);
        const found = `byte 0x${(bytes[offset] ?? 0).toString(16).padStart(2, '0')}`;
        throw new ToolError('JSON_INVALID_UTF8', 'is not UTF-8', { subject, offset, found, cause });
    }
};
