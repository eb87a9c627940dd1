const SMALLEST = 4 * 1024;
const LARGEST = 256 * 1024;
/**
 * A window that grows while it serves many reads and shrinks while it does not: members may be a few bytes or
 * gigabytes apart.
 * @param largest bytes that it may read ahead
 */
export const createWindow = (source, largest = LARGEST) => {
    let bytes = new Uint8Array(0);
    let start = 0;
    let width = Math.min(SMALLEST, largest);
    let served = 0;
    return {
        read: async (offset, length) => {
            const wanted = Math.max(0, Math.min(length, source.size - offset));
            if (offset < start || offset + wanted > start + bytes.length) {
                width = served > 4 ? Math.min(width * 2, largest) : Math.max(width / 2, Math.min(SMALLEST, largest));
                served = 0;
                bytes = await source.readAt(offset, Math.max(wanted, Math.min(width, source.size - offset)));
                start = offset;
            }
            served += 1;
            return bytes.subarray(offset - start, offset - start + wanted);
        },
    };
};
//# sourceMappingURL=tar-window.js.map