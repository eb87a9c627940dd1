import type { TreeNote } from '../base/file-tree.js';

/** Notes of one code that are kept in full; of further ones only the number is. */
const KEPT = 100;

/** Notes as they come, bounded: a hostile tar can give cause for one with every block. */
export interface NoteList {
  add(note: TreeNote): void;
  /** All notes, with one last line for each code that came too often. */
  list(): readonly TreeNote[];
}

export const createNotes = (name: string): NoteList => {
  const notes: TreeNote[] = [];
  const counts = new Map<TreeNote['code'], number>();
  return {
    add: (note) => {
      const count = (counts.get(note.code) ?? 0) + 1;
      counts.set(note.code, count);
      if (count <= KEPT) notes.push(note);
    },
    list: () => [
      ...notes,
      ...[...counts]
        .filter(([, count]) => count > KEPT)
        .map(([code, count]) => ({ code, subject: name, found: `${count - KEPT} more` })),
    ],
  };
};
