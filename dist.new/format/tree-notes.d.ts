import type { Note } from '../base/event.js';
import type { FileTree } from '../base/file-tree.js';
/** What was odd about the tree, as notes on the source. */
export declare const notesOf: (tree: FileTree) => readonly Note[];
//# sourceMappingURL=tree-notes.d.ts.map