import { promises } from 'node:fs';
import type { ByteStream } from '../base/bytes.js';
import { ToolError, fromSystemError } from '../base/error.js';
import { CHUNK_SIZE } from '../base/limits.js';
import type { BlobReader, BlobSource } from '../content/blob.js';
import type { ImageSource, SourceRoot } from '../content/image.js';
import type { ImageSelector } from '../content/select.js';
import type { Digest } from '../oci/digest.js';
import { corrupt, findBlob } from './content.js';
import type { StoreState } from './draft.js';
import { isAbsent, isUnwritable } from './file.js';
import { type StoreEntry, nameOf } from './index-entry.js';
import { factSource, resolveImage } from './resolve.js';
import { type Session, openSessionLocked } from './session.js';
import { type StorePaths, blobFile } from './path.js';
import { type Store, withLock } from './store.js';
import { readState } from './transact.js';
import { markUsed } from './used.js';

const fileSource = (handle: promises.FileHandle, size: number, path: string, digest: Digest): BlobSource => {
  const readInto = async (buffer: Uint8Array, length: number, at: number): Promise<number> => {
    const { bytesRead } = await handle.read(buffer, 0, length, at).catch((error: unknown) => {
      throw fromSystemError(error, 'reading failed', path);
    });
    if (bytesRead === 0) throw corrupt(path, digest, `${at} bytes`);
    return bytesRead;
  };
  return {
    size,
    name: path,
    file: { fd: handle.fd, offset: 0, length: size },
    async *read(range, signal): ByteStream {
      const start = Math.min(range?.offset ?? 0, size);
      const end = range?.length === undefined ? size : Math.min(size, start + range.length);
      const buffer = new Uint8Array(Math.min(CHUNK_SIZE, Math.max(end - start, 1)));
      for (let at = start; at < end;) {
        signal?.throwIfAborted();
        const count = await readInto(buffer, Math.min(buffer.length, end - at), at);
        at += count;
        yield buffer.subarray(0, count);
      }
    },
    readAt: async (offset, length) => {
      const result = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      for (let filled = 0; filled < result.length;) {
        filled += await readInto(result.subarray(filled), result.length - filled, offset + filled);
      }
      return result;
    },
    close: async () => {
      await handle.close();
    },
  };
};

/** The blobs of a store. As with every place, what they give is not verified yet. */
export const storeBlobs = (paths: StorePaths): BlobReader => ({
  open: async ({ digest }) => {
    const blob = findBlob(paths, digest);
    if (blob === undefined) return undefined;
    try {
      return fileSource(await promises.open(blob.path, 'r'), blob.size, blobFile(paths, digest), digest);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw fromSystemError(error, 'cannot be read', blob.path);
    }
  },
});

interface Chosen {
  readonly entries: readonly StoreEntry[];
  /** The images that are meant. */
  readonly wanted: ReadonlySet<Digest>;
  /** Short IDs and digests as whole ones, names as the store has them. */
  readonly selectors: readonly ImageSelector[];
}

/** Entries that can matter for what is selected: the images meant, and all without a name, among which referrers are. */
const entriesFor = async (store: Store, state: StoreState, selectors: readonly ImageSelector[]): Promise<Chosen> => {
  const all = { entries: state.index.entries, wanted: new Set<Digest>(), selectors };
  if (selectors.length === 0) return all;
  const facts = factSource(store, state);
  const wanted = new Set<Digest>();
  const resolved: ImageSelector[] = [];
  for (const selector of selectors) {
    if (selector.by === 'position') return all;
    const text = selector.by === 'name' ? selector.text : selector.digest;
    try {
      const { digest, name } = await resolveImage(state, text, facts);
      wanted.add(digest);
      resolved.push(name === undefined ? { by: 'digest', digest } : { by: 'name', text: name });
    } catch (error) {
      // An image inside an index is found by whoever has read all documents.
      const isInside = error instanceof ToolError && error.code === 'REFERENCE_NOT_FOUND' && selector.by === 'digest';
      if (!isInside) throw error;
      return all;
    }
  }
  const entries = state.index.entries.filter(({ digest, nameText }) => nameText === '' || wanted.has(digest));
  return { entries, wanted, selectors: resolved };
};

const rootOf = (entry: StoreEntry): SourceRoot => {
  const { digest, mediaType, size } = entry;
  const name = nameOf(entry);
  return { descriptor: { digest, mediaType, size, annotations: new Map() }, ...(name === undefined ? {} : { name }) };
};

interface View {
  readonly entries: readonly StoreEntry[];
  readonly selectors: readonly ImageSelector[];
  readonly session?: Session;
  readonly notes: ImageSource['notes'];
}

const openView = (store: Store, selectors: readonly ImageSelector[]): Promise<View> =>
  withLock(store, 'shared', async (held) => {
    const state = await readState(held);
    const { entries, wanted, selectors: resolved } = await entriesFor(held, state, selectors);
    const roots = [...new Set(entries.map(({ digest }) => digest))];
    try {
      const session = await openSessionLocked(held, { digests: [], roots });
      await markUsed(held, wanted);
      return { entries, selectors: resolved, session, notes: state.notes };
    } catch (error) {
      // Without the right to write there is no lease; whoever may write is asked not to remove meanwhile.
      const cause = error instanceof ToolError ? error.cause : error;
      if (!isUnwritable(cause)) throw error;
      return { entries, selectors: resolved, notes: state.notes };
    }
  });

/** Images of a store, and what the selectors mean among them. */
export interface StoreSource extends ImageSource {
  readonly selectors: readonly ImageSelector[];
}

/**
 * Images of a store, with a lease on them until the source is closed: whatever other processes remove meanwhile, the
 * content stays readable. A store that this process may not write is read as it is.
 * @param selectors empty for all images
 * @throws {ToolError} REFERENCE_NOT_FOUND, REFERENCE_AMBIGUOUS; STORE_LOCKED, STORE_INDEX_INVALID, STORE_STATE_INVALID,
 * STORE_TAMPERED; system errors
 */
export const openStoreSource = async (store: Store, selectors: readonly ImageSelector[]): Promise<StoreSource> => {
  const { entries, session, notes, selectors: resolved } = await openView(store, selectors);
  return {
    selectors: resolved,
    name: store.paths.root,
    kind: 'oci-layout',
    roots: entries.map(rootOf),
    blobs: storeBlobs(store.paths),
    notes,
    close: async () => {
      await session?.close();
    },
  };
};
