import { ToolError } from '../base/error.js';
import { resolveComponents } from './tar-name.js';
/** Links inside an archive: followed in its table of names, never on a disk. */
const unresolved = (from, target) => new ToolError('LINK_UNRESOLVED', 'a link points to nothing inside the archive', {
    subject: from.path,
    found: target,
});
/** The name that a link means: a symbolic link counts from its folder or, with `/`, from the archive's root; a hard link is a name. */
const targetOf = (entry) => {
    const target = entry.linkTarget ?? '';
    if (entry.type === 'hardlink' && (target.startsWith('/') || target.split('/').includes('..'))) {
        throw new ToolError('ARCHIVE_UNSAFE_NAME', 'a hard link names something outside the archive', {
            subject: entry.path,
            found: target,
        });
    }
    const fromRoot = entry.type === 'hardlink' || target.startsWith('/');
    const parts = resolveComponents(fromRoot ? [] : entry.path.split('/').slice(0, -1), target);
    if (parts === undefined || parts.length === 0)
        throw unresolved(entry, target);
    return parts.join('/');
};
/**
 * The entry that is no link behind an entry.
 * @param table entries by path
 * @param hops links that may be followed
 * @throws {ToolError} LINK_UNRESOLVED, LINK_LOOP, ARCHIVE_UNSAFE_NAME
 */
export const followLinks = (table, entry, hops) => {
    let current = entry;
    for (let hop = 0; current.type === 'symlink' || current.type === 'hardlink'; hop += 1) {
        if (hop === hops) {
            throw new ToolError('LINK_LOOP', 'links lead back to themselves or over too many hops', {
                subject: entry.path,
                expected: `at most ${hops} links`,
                found: current.path,
            });
        }
        const target = targetOf(current);
        const next = table.get(target);
        if (next === undefined)
            throw unresolved(current, current.linkTarget ?? '');
        current = next;
    }
    return current;
};
