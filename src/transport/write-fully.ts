import type { FileHandle } from 'node:fs/promises';

/** All of the bytes, however few the system takes at a time. Without a position, where the file stands. */
export const writeFully = async (handle: FileHandle, bytes: Uint8Array, position: number | null): Promise<void> => {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(
      bytes,
      done,
      bytes.length - done,
      position === null ? null : position + done,
    );
    done += bytesWritten;
  }
};
