/** Notes of one code that are kept in full; of further ones only the number is. */
const KEPT = 100;
export const createNotes = (name) => {
    const notes = [];
    const counts = new Map();
    return {
        add: (note) => {
            const count = (counts.get(note.code) ?? 0) + 1;
            counts.set(note.code, count);
            if (count <= KEPT)
                notes.push(note);
        },
        list: () => [
            ...notes,
            ...[...counts]
                .filter(([, count]) => count > KEPT)
                .map(([code, count]) => ({ code, subject: name, found: `${count - KEPT} more` })),
        ],
    };
};
