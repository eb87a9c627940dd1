import type { Limits } from '../base/limits.js';
import { nameFromRefName, nameText } from '../content/name.js';
import { type RefNameStyle, type StoreEntry, newEntry } from './index-entry.js';
import type { StorePaths } from './path.js';
import type { RefBook } from './refs.js';
import { storedRoot } from './stored-root.js';

/** The entries that an index had, as the records of names tell, for images that are still there. */
export const entriesFromRecords = (
  paths: StorePaths,
  limits: Limits,
  style: RefNameStyle,
  book: RefBook,
): readonly StoreEntry[] => [
  ...[...book.refs].flatMap(([text, { digest }]) => {
    const root = storedRoot(paths, limits, digest);
    const name = nameFromRefName(text);
    return root === undefined || nameText(name) !== text ? [] : [newEntry(root, name, root, style)];
  }),
  ...[...book.images.keys()].flatMap((digest) => {
    const root = storedRoot(paths, limits, digest);
    return root === undefined ? [] : [newEntry(root, undefined, { isSparse: false, isDangling: true }, style)];
  }),
];
