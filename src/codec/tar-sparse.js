import { ToolError } from '../base/error.js';
import { TAR_BLOCK } from './tar-block.js';
import { parseDecimal, parseTarNumber } from './tar-number.js';
const OFFSET_LENGTH = 12;
const ENTRY_LENGTH = 2 * OFFSET_LENGTH;
const invalid = (what, subject, offset) => new ToolError('TAR_SPARSE_INVALID', what, { subject, offset });
/** Old GNU entries; the first without an offset ends the list. */
const oldParts = (field, subject, offset) => {
    const parts = [];
    for (let at = 0; at + ENTRY_LENGTH <= field.length && field[at] !== 0; at += ENTRY_LENGTH) {
        const start = parseTarNumber(field.subarray(at, at + OFFSET_LENGTH));
        const length = parseTarNumber(field.subarray(at + OFFSET_LENGTH, at + ENTRY_LENGTH));
        if (start === undefined || length === undefined)
            throw invalid('the sparse map has no numbers', subject, offset);
        parts.push({ offset: start, length });
    }
    return parts;
};
/**
 * The sparse fields of an old GNU header.
 * @throws {ToolError} TAR_SPARSE_INVALID
 */
export const oldSparseHeader = (block, fields, subject, offset) => {
    const realSize = parseTarNumber(block.subarray(483, 495));
    if (fields.dialect !== 'gnu' || realSize === undefined) {
        throw invalid('a sparse member without GNU fields', subject, offset);
    }
    const parts = oldParts(block.subarray(386, 482), subject, offset);
    return { realSize, parts, ...(block[482] === 0 ? {} : { continues: 'header' }) };
};
/** Offsets and lengths taking turns. */
const pairUp = (numbers, subject, offset) => {
    const parts = [];
    for (let at = 0; at < numbers.length; at += 2) {
        const start = numbers[at];
        const length = numbers[at + 1];
        if (start === undefined || length === undefined)
            throw invalid('the sparse map is no list of pairs', subject, offset);
        parts.push({ offset: start, length });
    }
    return parts;
};
/** 0.0: one record for each number, in order. */
const recordNumbers = (records, subject, offset) => {
    const listed = records.filter(({ key }) => key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes');
    const inTurn = listed.every(({ key }, index) => (key === 'GNU.sparse.offset') === (index % 2 === 0));
    if (!inTurn)
        throw invalid('the sparse map is no list of pairs', subject, offset);
    return listed.map(({ value }) => parseDecimal(value));
};
/**
 * What PAX records say about sparseness (0.0, 0.1, 1.0).
 * @returns undefined if they say nothing
 * @throws {ToolError} TAR_SPARSE_INVALID
 */
export const paxSparseHeader = (records, pax, subject, offset) => {
    if (!records.some(({ key }) => key.startsWith('GNU.sparse.')))
        return undefined;
    const version = `${pax.get('GNU.sparse.major') ?? '0'}.${pax.get('GNU.sparse.minor') ?? '?'}`;
    if (!['0.?', '0.0', '0.1', '1.0'].includes(version))
        throw invalid(`an unknown sparse format ${version}`, subject, offset);
    const realSize = parseDecimal(pax.get('GNU.sparse.realsize') ?? pax.get('GNU.sparse.size') ?? '');
    if (realSize === undefined)
        throw invalid('a sparse member without its real size', subject, offset);
    const name = pax.get('GNU.sparse.name');
    const common = { realSize, ...(name === undefined ? {} : { name }) };
    if (version === '1.0')
        return { ...common, parts: [], continues: 'body' };
    const map = pax.get('GNU.sparse.map');
    const numbers = map === undefined ? recordNumbers(records, subject, offset) : map.split(',').map(parseDecimal);
    const count = parseDecimal(pax.get('GNU.sparse.numblocks') ?? '');
    if (numbers.length !== 2 * (count ?? -1))
        throw invalid('the sparse map has another length than it says', subject, offset);
    return { ...common, parts: pairUp(numbers, subject, offset) };
};
/** Takes the decimal lines of a 1.0 map from blocks, one block at a time. */
const readLines = async (pull, subject, offset, limits) => {
    const numbers = [];
    let text = '';
    while (numbers.length === 0 || numbers.length < 1 + 2 * (numbers[0] ?? 0)) {
        const lines = (text + Buffer.from(await pull()).toString('latin1')).split('\n');
        text = lines.pop() ?? '';
        for (const line of lines) {
            if (numbers.length > 0 && numbers.length === 1 + 2 * (numbers[0] ?? 0))
                break;
            const value = parseDecimal(line);
            if (value === undefined)
                throw invalid('the sparse map has no numbers', subject, offset);
            numbers.push(value);
            if ((numbers[0] ?? 0) > limits.sparseMap)
                throw tooMany(subject, offset, limits);
        }
        if (text.length > 16 && numbers.length < 1 + 2 * (numbers[0] ?? 0)) {
            throw invalid('the sparse map has no numbers', subject, offset);
        }
    }
    return numbers.slice(1);
};
const tooMany = (subject, offset, limits) => new ToolError('LIMIT_SPARSE_MAP', 'the map of a sparse member is larger than the limit', {
    subject,
    offset,
    expected: `at most ${limits.sparseMap} entries in ${limits.tarMeta} bytes`,
    found: 'more',
});
const checkMap = (map, stored, subject, offset, limits) => {
    let end = 0;
    let data = 0;
    for (const part of map.parts) {
        if (part.offset < end || part.length < 0)
            throw invalid('the sparse map is out of order', subject, offset);
        end = part.offset + part.length;
        data += part.length;
        if (end > map.realSize)
            throw invalid('the sparse map goes beyond the file', subject, offset);
    }
    if (map.realSize < 0 || data !== stored) {
        throw invalid(`the sparse map describes ${data} bytes of ${stored}`, subject, offset);
    }
    const free = Math.max(limits.decompressedFree, limits.decompressionRatio * (stored + TAR_BLOCK));
    if (map.realSize > Math.min(free, limits.decompressed)) {
        throw new ToolError('LIMIT_DECOMPRESSED', 'a sparse member is larger than its stored bytes allow', {
            subject,
            offset,
            expected: `at most ${Math.min(free, limits.decompressed)} bytes`,
            found: `${map.realSize}`,
        });
    }
    return map;
};
/**
 * The whole map of a sparse member, checked.
 * @param bodySize bytes of the member's body
 * @param pull gives the blocks after the header, one after another
 * @throws {ToolError} TAR_SPARSE_INVALID, LIMIT_SPARSE_MAP, LIMIT_DECOMPRESSED
 */
export const readSparseMap = async (header, bodySize, pull, where) => {
    const { subject, offset, limits } = where;
    const { realSize, continues } = header;
    let mapBytes = 0;
    const next = async () => {
        mapBytes += TAR_BLOCK;
        if (mapBytes > limits.tarMeta)
            throw tooMany(subject, offset, limits);
        if (continues === 'body' && mapBytes > bodySize)
            throw invalid('the sparse map is cut', subject, offset);
        return pull();
    };
    let parts = header.parts;
    if (continues === 'header') {
        const all = [...parts];
        for (let more = true; more;) {
            const block = await next();
            all.push(...oldParts(block.subarray(0, 504), subject, offset));
            more = block[504] !== 0;
        }
        parts = all;
    }
    if (continues === 'body')
        parts = pairUp(await readLines(next, subject, offset, limits), subject, offset);
    if (parts.length > limits.sparseMap)
        throw tooMany(subject, offset, limits);
    const stored = continues === 'body' ? bodySize - mapBytes : bodySize;
    return checkMap({ realSize, parts, mapBytes }, stored, subject, offset, limits);
};
