import { ToolError } from '../base/error.js';
import { TAR_BLOCK, isZero, paddingAfter } from './tar-block.js';
import { createMemberReader } from './tar-member.js';
import { readSparseMap } from './tar-sparse.js';
import { createWindow } from './tar-window.js';
const truncated = (source, offset, what) => new ToolError('TAR_TRUNCATED', `the tar ends inside ${what}`, {
    subject: source.name,
    offset,
    found: `${source.size} bytes`,
    hint: 'copy or download the archive again',
});
/** Whether only zeros lie in a part of a source. */
const onlyZeros = async (source, offset, signal) => {
    for await (const chunk of source.read({ offset }, signal))
        if (!isZero(chunk))
            return false;
    return true;
};
/** Looks at what follows the first zero block. */
const checkEnd = async (source, offset, window, options) => {
    const { notes, signal } = options;
    const subject = source.name;
    const second = await window.read(offset + TAR_BLOCK, TAR_BLOCK);
    if (!isZero(second)) {
        throw new ToolError('TAR_LONE_ZERO_BLOCK', 'one zero block stands between members', { subject, offset });
    }
    if (second.length < TAR_BLOCK)
        return notes.add({ code: 'TAR_NO_TRAILER', subject, found: 'one zero block' });
    const end = offset + 2 * TAR_BLOCK;
    if (end < source.size && !(await onlyZeros(source, end, signal))) {
        notes.add({ code: 'TAR_TRAILING_DATA', subject, found: `${source.size - end} bytes` });
    }
};
/** Places a member's bytes, reading its sparse map if it has one. */
const place = async (source, { sparse, ...member }, offset, window, limits) => {
    const bodyOffset = offset + TAR_BLOCK;
    const common = { ...member, headerOffset: offset };
    if (sparse === undefined) {
        const size = member.type === 'file' ? member.bodySize : 0;
        return { scanned: { ...common, dataOffset: bodyOffset, size }, bodyOffset };
    }
    let at = bodyOffset;
    const pull = async () => {
        const block = await window.read(at, TAR_BLOCK);
        if (block.length < TAR_BLOCK)
            throw truncated(source, at, 'a sparse map');
        at += TAR_BLOCK;
        return block;
    };
    const map = await readSparseMap(sparse, member.bodySize, pull, { subject: member.path, offset, limits });
    const dataOffset = bodyOffset + map.mapBytes;
    const scanned = { ...common, dataOffset, size: map.realSize, map };
    return { scanned, bodyOffset: sparse.continues === 'header' ? dataOffset : bodyOffset };
};
/**
 * The members of a tar in stored order, found by reading headers only; bodies are passed over.
 * @throws {ToolError} any TAR code, LIMIT_MEMBERS, LIMIT_NAME, LIMIT_SPARSE_MAP, LIMIT_DECOMPRESSED
 */
export async function* scanTar(source, options) {
    const { limits, notes, signal } = options;
    const subject = source.name;
    const window = createWindow(source, options.readAhead);
    const reader = createMemberReader(subject, limits, notes);
    let offset = 0;
    while (offset < source.size) {
        signal?.throwIfAborted();
        const block = await window.read(offset, TAR_BLOCK);
        if (block.length < TAR_BLOCK)
            throw truncated(source, offset, 'a header');
        const step = reader.header(block, offset);
        if (step.kind === 'zero') {
            reader.end(offset);
            return checkEnd(source, offset, window, options);
        }
        let body = offset + TAR_BLOCK;
        let size;
        if (step.kind === 'member') {
            const { scanned, bodyOffset } = await place(source, step.member, offset, window, limits);
            body = bodyOffset;
            size = step.member.bodySize;
            if (body + size > source.size)
                throw truncated(source, body, `the member ${step.member.path}`);
            yield scanned;
        }
        else {
            size = step.size;
            if (body + size > source.size)
                throw truncated(source, body, 'an extension header');
            if (step.kind === 'extension')
                reader.extension(await window.read(body, size), body);
        }
        offset = body + size + paddingAfter(size);
    }
    reader.end(offset);
    notes.add({ code: 'TAR_NO_TRAILER', subject, found: offset === source.size ? 'nothing' : 'a cut padding' });
}
