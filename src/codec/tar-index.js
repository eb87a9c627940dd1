import { sliceSource } from '../base/bytes.js';
import { ToolError } from '../base/error.js';
import { startHash } from '../base/hash.js';
import { followLinks } from './tar-link.js';
import { archivePath } from './tar-name.js';
import { createNotes } from './tar-note.js';
import { scanTar } from './tar-scan.js';
import { sparseSource } from './tar-sparse-source.js';
const toEntry = (member, path) => ({
    path,
    type: member.type,
    size: member.size,
    ...(member.linkTarget === undefined ? {} : { linkTarget: member.linkTarget }),
    ...(member.typeName === undefined ? {} : { typeName: member.typeName }),
    member,
});
const contentOf = (source, { path, member }) => member.map === undefined
    ? sliceSource(source, member.dataOffset, member.size, path)
    : sparseSource(source, member.dataOffset, member.map, path);
const hashOf = async (content, signal) => {
    const hash = startHash('sha256');
    for await (const chunk of content.read(undefined, signal))
        hash.update(chunk);
    return hash.hex();
};
/** Holds entries that come again under a name against the first of that name. */
const checkRepeated = async (source, table, repeated, notes, { limits, signal }) => {
    const behind = (entry) => {
        try {
            return followLinks(table, entry, limits.linkHops);
        }
        catch {
            return undefined;
        }
    };
    const hashes = new Map();
    const hash = async (entry) => {
        const known = hashes.get(entry) ?? (await hashOf(contentOf(source, entry), signal));
        hashes.set(entry, known);
        return known;
    };
    const same = async (a, b) => {
        if (a.type === b.type && a.type !== 'file')
            return a.linkTarget === b.linkTarget && a.typeName === b.typeName;
        const first = behind(a);
        const second = behind(b);
        if (first === undefined || second === undefined)
            return false;
        if (first === second)
            return true;
        if (first.type !== 'file' || second.type !== 'file' || first.size !== second.size)
            return false;
        // Holes cost nothing to repeat but time to compare.
        if (first.member.map !== undefined || second.member.map !== undefined)
            return false;
        return (await hash(first)) === (await hash(second));
    };
    for (const entry of repeated) {
        const first = table.get(entry.path);
        if (first === undefined || !(await same(first, entry))) {
            throw new ToolError('ARCHIVE_DUPLICATE', 'one name stands for two different contents', {
                subject: entry.path,
                offset: entry.member.headerOffset,
                found: `another one at byte ${first?.member.headerOffset}`,
                hint: 'readers disagree about which of them counts: make the archive again',
            });
        }
        notes.add({ code: 'ARCHIVE_DUPLICATE', subject: entry.path, found: 'the same content again' });
    }
};
/**
 * A tar as a tree of named files, from its headers alone. Dialects: v7, ustar, PAX, GNU, star, Solaris; sparse members
 * read as the files that they stand for. Where readers are known to disagree, the archive is refused. Of a name that
 * comes again with the same content, the first counts. Contents stay where they are: {@link FileTree.open} gives a
 * part of the source, with its place in the file unless the member is sparse. Closing the tree closes the source.
 * @throws {ToolError} any TAR or LIMIT code, ARCHIVE_UNSAFE_NAME, ARCHIVE_DUPLICATE
 * @see https://pubs.opengroup.org/onlinepubs/9699919799.2018edition/utilities/pax.html#tag_20_92_13
 * @see https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
export const openTarTree = async (source, options) => {
    const { limits } = options;
    const notes = createNotes(source.name);
    const table = new Map();
    const repeated = [];
    for await (const member of scanTar(source, { ...options, notes })) {
        const path = archivePath(member.path, source.name, member.headerOffset);
        if (path === '') {
            if (member.type === 'directory')
                continue;
            throw new ToolError('TAR_BAD_NAME', 'a member has no usable name', {
                subject: source.name,
                offset: member.headerOffset,
                found: JSON.stringify(member.path),
            });
        }
        const entry = toEntry(member, path);
        const first = table.get(path);
        if (first === undefined)
            table.set(path, entry);
        else if (first.type !== 'directory' || entry.type !== 'directory')
            repeated.push(entry);
    }
    await checkRepeated(source, table, repeated, notes, options);
    const entries = [...table.values()];
    const all = notes.list();
    return {
        name: source.name,
        entries: () => entries,
        entry: (path) => table.get(path),
        open: async (path) => {
            const entry = table.get(path);
            if (entry === undefined)
                return undefined;
            const file = followLinks(table, entry, limits.linkHops);
            if (file.type === 'file')
                return { ...contentOf(source, file), name: path };
            throw new ToolError('ARCHIVE_NOT_REGULAR', 'something that must be a file is none', {
                subject: path,
                expected: 'a file',
                found: file.typeName ?? file.type,
            });
        },
        notes: all,
        close: () => source.close(),
    };
};
