import { setChecksum } from '../../src/codec/tar-block.js';
const BLOCK = 512;
const MAGIC = { ustar: 'ustar\u000000', gnu: 'ustar  \0', v7: '' };
/** Text of one byte a character, so that any byte can be written. */
export const bytesOf = (value) => typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
const numberField = (value, width) => typeof value === 'number' ? bytesOf(`${value.toString(8).padStart(width - 1, '0')}\0`) : bytesOf(value);
/** Two's complement as GNU writes large and negative numbers. */
export const base256 = (value, width = 12) => {
    const bytes = new Uint8Array(width);
    let rest = BigInt.asUintN(8 * width, value);
    for (let at = width - 1; at >= 0; at -= 1) {
        bytes[at] = Number(rest & 0xffn);
        rest >>= 8n;
    }
    bytes[0] = (bytes[0] ?? 0) | 0x80;
    return bytes;
};
export const rawHeader = (fields = {}) => {
    const block = new Uint8Array(BLOCK);
    block.set(bytesOf(fields.name ?? 'file'), 0);
    block.set(numberField(fields.mode ?? 0o644, 8), 100);
    block.set(numberField(fields.uid ?? 0, 8), 108);
    block.set(numberField(fields.gid ?? 0, 8), 116);
    block.set(numberField(fields.size ?? 0, 12), 124);
    block.set(numberField(fields.mtime ?? 0, 12), 136);
    block.set(bytesOf(fields.type ?? '0'), 156);
    block.set(bytesOf(fields.link ?? ''), 157);
    block.set(bytesOf(MAGIC[fields.magic ?? 'ustar']), 257);
    block.set(bytesOf(fields.uname ?? ''), 265);
    block.set(bytesOf(fields.gname ?? ''), 297);
    block.set(bytesOf(fields.prefix ?? ''), 345);
    for (const [offset, value] of Object.entries(fields.at ?? {}))
        block.set(bytesOf(value), Number(offset));
    setChecksum(block);
    if (fields.checksum === 'signed') {
        let sum = 0;
        for (const [index, byte] of block.entries())
            sum += index >= 148 && index < 156 ? 0x20 : (byte << 24) >> 24;
        block.set(bytesOf(`${(sum < 0 ? sum + 2 ** 18 : sum).toString(8).padStart(6, '0')}\0 `), 148);
    }
    else if (fields.checksum !== undefined)
        block.set(bytesOf(fields.checksum), 148);
    return block;
};
/** Bytes with zeros up to the next block. */
export const padded = (body) => {
    const bytes = bytesOf(body);
    const result = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK);
    result.set(bytes);
    return result;
};
/** A header with its body; the size field follows the body unless it is given. */
export const rawMember = (fields, body = '') => Buffer.concat([rawHeader({ size: bytesOf(body).length, ...fields }), padded(body)]);
/** One PAX record with the right length; parts may be bytes that are no UTF-8. */
export const paxRecord = (key, value) => {
    const rest = Buffer.concat([bytesOf(` ${key}=`), bytesOf(value), bytesOf('\n')]);
    let length = rest.length + 1;
    while (String(length).length + rest.length !== length)
        length += 1;
    return Buffer.concat([bytesOf(String(length)), rest]);
};
const isPairs = (records) => Array.isArray(records);
/** A PAX extension header (`x`, or `g`, or Solaris' `X`) with a body of records, or with any text. */
export const paxHeader = (records, type = 'x') => {
    if (typeof records === 'string')
        return rawMember({ name: 'PaxHeaders/x', type }, records);
    const pairs = isPairs(records) ? records : Object.entries(records);
    return rawMember({ name: 'PaxHeaders/x', type }, Buffer.concat(pairs.map(([key, value]) => paxRecord(key, value))));
};
/** GNU's long name (`L`) or long link (`K`). */
export const gnuLong = (text, type = 'L') => rawMember({ name: '././@LongLink', type, magic: 'gnu' }, Buffer.concat([bytesOf(text), new Uint8Array(1)]));
const octal12 = (value) => `${value.toString(8).padStart(11, '0')}\0`;
/** An old GNU sparse member (`S`): a map of any length over header and extension blocks, then the data. */
export const oldSparse = (name, realSize, map, data) => {
    const entries = map.map(([offset, length]) => octal12(offset) + octal12(length));
    const more = entries.length > 4;
    const extensions = [];
    for (let at = 4; at < entries.length; at += 21) {
        const block = padded(entries.slice(at, at + 21).join('') || '\0');
        block[504] = at + 21 < entries.length ? 1 : 0;
        extensions.push(block);
    }
    const header = rawHeader({
        name,
        type: 'S',
        magic: 'gnu',
        size: data.length,
        at: { 386: entries.slice(0, 4).join(''), 482: more ? '\u0001' : '\0', 483: octal12(realSize) },
    });
    return Buffer.concat([header, ...extensions, padded(data)]);
};
/** A PAX sparse member of version 1.0: the map in front of the data. */
export const paxSparse10 = (name, realSize, map, data) => Buffer.concat([
    paxHeader({
        'GNU.sparse.major': '1',
        'GNU.sparse.minor': '0',
        'GNU.sparse.name': name,
        'GNU.sparse.realsize': String(realSize),
    }),
    rawMember({ name: `GNUSparseFile.0/${name}` }, Buffer.concat([padded(map), bytesOf(data)])),
]);
/** Members, and two zero blocks unless another end is given. */
export const rawTar = (members, end = new Uint8Array(2 * BLOCK)) => Buffer.concat([...members, end]);
