const MESSAGES = {
    TAR_NO_TRAILER: 'the tar has no end mark; everything that is used was there and verified',
    TAR_TRAILING_DATA: 'bytes after the end of the tar are ignored',
    TAR_META_STACKED: 'two extension headers describe one member; the last one counts',
    TAR_TYPE_UNKNOWN: 'a member of unknown type is ignored',
    TAR_LINK_SIZE: 'a member that has no body claims a size',
    ARCHIVE_DUPLICATE: 'a name occurs twice with the same content',
};
/** What was odd about the tree, as notes on the source. */
export const notesOf = (tree) => tree.notes.map((note) => ({ ...note, severity: 'warning', message: MESSAGES[note.code] }));
