import { ToolError } from '../base/error.js';
import { isZero } from './tar-block.js';
import { readFields } from './tar-field.js';
import { decodeName } from './tar-name.js';
import { parseDecimal } from './tar-number.js';
import { mergeGlobal, mergePax, parsePaxRecords } from './tar-pax.js';
import { oldSparseHeader, paxSparseHeader } from './tar-sparse.js';
const EXTENSIONS = {
    x: 'pax',
    X: 'pax', // Solaris
    g: 'global',
    L: 'name', // GNU
    K: 'link', // GNU
};
/** Types by flag; those that never have a body are the ones that Go's archive/tar calls header-only. */
const TYPES = {
    '\0': { type: 'file' },
    '0': { type: 'file' },
    '1': { type: 'hardlink', bodiless: true },
    '2': { type: 'symlink', bodiless: true },
    '3': { type: 'other', typeName: 'character device', bodiless: true },
    '4': { type: 'other', typeName: 'block device', bodiless: true },
    '5': { type: 'directory', bodiless: true },
    '6': { type: 'other', typeName: 'FIFO', bodiless: true },
    '7': { type: 'file' }, // contiguous
    S: { type: 'file' }, // GNU: sparse
    D: { type: 'directory' }, // GNU: with a list of names as body
    M: { type: 'other', typeName: 'continuation of a file from another volume' }, // GNU
};
/** Remarks on the archive or the next member, which change nothing: GNU's volume label, Solaris' access control list. */
const REMARKS = new Set(['V', 'A']);
/** Headers for one member that no writer exceeds: one of each kind of extension, a remark, the member. */
const HEADERS_PER_MEMBER = 6;
const gnuLongName = (body, subject, offset) => {
    let end = body.length;
    while (end > 0 && body[end - 1] === 0)
        end -= 1;
    const name = decodeName(body.subarray(0, end));
    if (name.includes('\0'))
        throw new ToolError('TAR_NAME_NUL', 'a long name contains a NUL', { subject, offset });
    return name;
};
/** @param subject the archive's name, for errors and notes */
export const createMemberReader = (subject, limits, notes) => {
    let globals = new Map();
    let pending;
    let extension;
    let members = 0;
    let headers = 0;
    const limitName = (name, offset) => {
        if (Buffer.byteLength(name) > limits.name) {
            throw new ToolError('LIMIT_NAME', 'a name is longer than the limit', {
                subject,
                offset,
                expected: `at most ${limits.name} bytes`,
                found: `${Buffer.byteLength(name)}`,
            });
        }
        return name;
    };
    const countHeader = (offset, isMember) => {
        headers += 1;
        if (isMember)
            members += 1;
        if (members > limits.members || headers > HEADERS_PER_MEMBER * (limits.members + 1)) {
            throw new ToolError('LIMIT_MEMBERS', 'the archive has more members than the limit', {
                subject,
                offset,
                expected: `at most ${limits.members}`,
                found: 'more',
            });
        }
    };
    const startExtension = (kind, size, offset) => {
        if (kind === 'global' && pending !== undefined)
            end(offset);
        if (size > limits.tarMeta) {
            throw new ToolError('TAR_META_TOO_LARGE', 'an extension header is larger than the limit', {
                subject,
                offset,
                expected: `at most ${limits.tarMeta} bytes`,
                found: `${size}`,
            });
        }
        if (kind !== 'global') {
            if (pending?.[kind] !== undefined)
                notes.add({ code: 'TAR_META_STACKED', subject, found: `two at byte ${offset}` });
            pending ??= { offset };
        }
        extension = { kind };
        return { kind: 'extension', size };
    };
    const member = (fields, block, offset) => {
        const own = pending;
        pending = undefined;
        const records = own?.pax ?? [];
        const pax = records.length === 0 ? globals : mergePax(globals, records);
        const size = parseDecimal(pax.get('size') ?? '') ?? fields.size;
        const known = TYPES[fields.typeflag];
        // `||`: an empty long name says nothing.
        const path = limitName(pax.get('path') ?? (own?.name || fields.name), offset);
        const linkTarget = limitName(pax.get('linkpath') ?? (own?.link || fields.linkName), offset);
        if (known === undefined || REMARKS.has(fields.typeflag)) {
            if (known === undefined && !REMARKS.has(fields.typeflag)) {
                notes.add({ code: 'TAR_TYPE_UNKNOWN', subject: path, found: JSON.stringify(fields.typeflag) });
            }
            return { kind: 'skip', size };
        }
        const bodiless = known.bodiless === true;
        // Old tars have no flag for directories: the slash says it.
        const isFolder = known.type === 'directory' || (known.type === 'file' && path.endsWith('/'));
        if (size > 0 && fields.typeflag !== 'D' && (bodiless || isFolder)) {
            notes.add({ code: 'TAR_LINK_SIZE', subject: path, found: `${size} bytes` });
        }
        const sparse = fields.typeflag === 'S'
            ? oldSparseHeader(block, fields, path, offset)
            : paxSparseHeader(records, pax, path, offset);
        if (sparse !== undefined && (known.type !== 'file' || isFolder)) {
            throw new ToolError('TAR_SPARSE_INVALID', 'only a file can be sparse', { subject: path, offset });
        }
        return {
            kind: 'member',
            member: {
                fields,
                path: limitName(sparse?.name ?? path, offset),
                type: isFolder ? 'directory' : known.type,
                ...(known.typeName === undefined ? {} : { typeName: known.typeName }),
                ...(known.type === 'hardlink' || known.type === 'symlink' ? { linkTarget } : {}),
                bodySize: bodiless ? 0 : size,
                pax,
                ...(sparse === undefined ? {} : { sparse }),
            },
        };
    };
    const end = (offset) => {
        if (pending === undefined)
            return;
        throw new ToolError('TAR_DANGLING_META', 'an extension header is followed by no member', {
            subject,
            offset: pending.offset,
            found: `byte ${offset}`,
        });
    };
    return {
        header: (block, offset) => {
            if (isZero(block))
                return { kind: 'zero' };
            const fields = readFields(block, subject, offset);
            const kind = EXTENSIONS[fields.typeflag];
            countHeader(offset, kind === undefined && !REMARKS.has(fields.typeflag));
            if (kind !== undefined)
                return startExtension(kind, fields.size, offset);
            // The access control list belongs to the member after it, as do the extension headers before it.
            if (fields.typeflag === 'A')
                return { kind: 'skip', size: fields.size };
            return member(fields, block, offset);
        },
        extension: (body, offset) => {
            const kind = extension?.kind;
            extension = undefined;
            if (kind === 'global')
                globals = mergeGlobal(globals, parsePaxRecords(body, subject, offset), subject, offset);
            if (kind === 'pax')
                pending = { offset, ...pending, pax: parsePaxRecords(body, subject, offset) };
            if (kind === 'name')
                pending = { offset, ...pending, name: gnuLongName(body, subject, offset) };
            if (kind === 'link')
                pending = { offset, ...pending, link: gnuLongName(body, subject, offset) };
        },
        end,
    };
};
