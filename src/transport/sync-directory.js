import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
/** Makes renames in a directory durable, where the system can do it; elsewhere the rename itself has to do. */
export const syncDirectory = async (path) => {
    try {
        const handle = await open(path, constants.O_RDONLY);
        try {
            await handle.sync();
        }
        finally {
            await handle.close();
        }
    }
    catch {
        // Windows cannot open a directory, some file systems cannot sync one.
    }
};
