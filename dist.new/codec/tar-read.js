import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { ToolError } from '../base/error.js';
import { plainTar } from './tar-plain.js';
const TYPES = {
    file: 'file',
    'contiguous-file': 'file',
    directory: 'directory',
    symlink: 'symlink',
    link: 'hardlink',
    'character-device': 'character-device',
    'block-device': 'block-device',
    fifo: 'fifo',
};
const headerOf = (raw, { member, size }) => {
    const { fields, pax, path, linkTarget } = member;
    const number = (key, field) => Number(pax.get(key) ?? field);
    const isDevice = raw.type === 'character-device' || raw.type === 'block-device';
    return {
        path,
        type: TYPES[raw.type],
        size,
        mode: fields.mode,
        uid: number('uid', fields.uid),
        gid: number('gid', fields.gid),
        uname: pax.get('uname') ?? raw.uname,
        gname: pax.get('gname') ?? raw.gname,
        mtime: number('mtime', fields.mtime),
        ...(linkTarget === undefined ? {} : { linkTarget }),
        ...(isDevice ? { device: { major: raw.devmajor, minor: raw.devminor } } : {}),
        pax,
    };
};
/** The bytes of an entry. Leaving early must not end the whole: tar-stream takes a broken entry for a broken tar. */
async function* contentOf(chunks) {
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next())
        yield next.value;
}
/**
 * The entries of a tar stream, in order, each with its content. tar-stream takes the tar apart; what it would pass
 * over in silence, read differently from others, or hang on is settled before it sees it. The stream is read to its
 * end.
 * @throws {ToolError} any TAR or LIMIT code, and what the stream throws
 */
export async function* readTar(stream, options) {
    const members = [];
    const extractor = extract();
    const plain = plainTar(stream, options, (member) => members.push(member));
    // The one tolerated cast: tar-stream's streams are streamx, which node:stream takes but its types do not know.
    const fed = pipeline(Readable.from(plain), extractor);
    // Its failure comes out of the iteration, too; on its own it would count as unhandled.
    fed.catch(() => { });
    try {
        for await (const source of extractor) {
            const member = members.shift();
            if (member === undefined)
                throw new ToolError('DEFECT', 'tar-stream found a member too many');
            const chunks = source[Symbol.asyncIterator]();
            yield { header: headerOf(source.header, member), content: contentOf(chunks) };
            for await (const _ of contentOf(chunks))
                ;
        }
        await fed;
    }
    catch (error) {
        if (error instanceof ToolError)
            throw error;
        const cause = await fed.then(() => error, (reason) => reason);
        throw cause;
    }
}
//# sourceMappingURL=tar-read.js.map