import type { TreeNote } from '../base/file-tree.js';
/** Notes as they come, bounded: a hostile tar can give cause for one with every block. */
export interface NoteList {
    add(note: TreeNote): void;
    /** All notes, with one last line for each code that came too often. */
    list(): readonly TreeNote[];
}
export declare const createNotes: (name: string) => NoteList;
//# sourceMappingURL=tar-note.d.ts.map