import { readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fromSystemError } from '../base/error.js';
const SMALLEST = 4 * 1024;
const LARGEST = 256 * 1024;
/** Synchronous reads between two looks at the event loop. */
const READS_PER_TURN = 64;
/** Reads from an open file on this thread: for a few KiB, a trip to the thread pool takes thirty times as long. */
const readFileAt = (file, name, offset, length) => {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, file.length - offset)));
    let filled = 0;
    try {
        while (filled < bytes.length) {
            const count = readSync(file.fd, bytes, filled, bytes.length - filled, file.offset + offset + filled);
            if (count === 0)
                break;
            filled += count;
        }
    }
    catch (error) {
        throw fromSystemError(error, 'reading failed', name);
    }
    return bytes.subarray(0, filled);
};
/**
 * A window that grows while it serves many reads and shrinks while it does not: members may be a few bytes or
 * gigabytes apart.
 * @param largest bytes that it may read ahead
 */
export const createWindow = (source, largest = LARGEST) => {
    const { file } = source;
    let bytes = new Uint8Array(0);
    let start = 0;
    let width = Math.min(SMALLEST, largest);
    let served = 0;
    let reads = 0;
    const fetch = async (offset, length) => {
        if (file === undefined)
            return source.readAt(offset, length);
        reads += 1;
        if (reads % READS_PER_TURN === 0)
            await nextTurn();
        return readFileAt(file, source.name, offset, length);
    };
    return {
        read: async (offset, length) => {
            const wanted = Math.max(0, Math.min(length, source.size - offset));
            if (offset < start || offset + wanted > start + bytes.length) {
                width = served > 4 ? Math.min(width * 2, largest) : Math.max(width / 2, Math.min(SMALLEST, largest));
                served = 0;
                bytes = await fetch(offset, Math.max(wanted, Math.min(Math.floor(width), source.size - offset)));
                start = offset;
            }
            served += 1;
            return bytes.subarray(offset - start, offset - start + wanted);
        },
    };
};
