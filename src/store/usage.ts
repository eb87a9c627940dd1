import { promises } from 'node:fs';
import { join } from 'node:path';
import { fromSystemError } from '../base/error.js';
import type { Digest } from '../oci/digest.js';
import { rootsOfStore } from './collect.js';
import { type StoredBlob, listBlobs } from './content.js';
import { isAbsent, namesIn } from './file.js';
import { listLeases } from './lease.js';
import { loadLinks, saveLinks } from './link-memory.js';
import { Reach } from './reach.js';
import { type Store, withLock } from './store.js';
import { readState } from './transact.js';

/** Bytes of one image. */
export interface ImageUsage {
  readonly digest: Digest;
  readonly names: readonly string[];
  /** Of all that it is made of. */
  readonly size: number;
  /** Of what no other image of the list has. */
  readonly unique: number;
  /** Of what other images have, too. */
  readonly shared: number;
}

/** Where the bytes of a store are. Every file counts once, in the first of the parts that fits. */
export interface StoreUsage {
  /** What the images would take without sharing. */
  readonly logical: number;
  readonly parts: {
    /** Blobs of one listed image alone. */
    readonly unique: number;
    /** Blobs of several listed images. */
    readonly shared: number;
    /** Blobs that only a pin or a lease keeps. */
    readonly leased: number;
    /** Blobs that only the trash keeps. */
    readonly trash: number;
    /** Blobs that nothing keeps. */
    readonly reclaimable: number;
    /** Files in the making, or left by processes that were ended. */
    readonly temporary: number;
    readonly quarantine: number;
    /** Index, layout and Ingot's own state. */
    readonly state: number;
    /** Files that are none of the store's. */
    readonly other: number;
  };
  /** Bytes of all files: the sum of the parts. */
  readonly total: number;
  readonly blobs: number;
  readonly images: readonly ImageUsage[];
}

interface FoundFile {
  readonly path: string;
  readonly size: number;
  readonly file: string;
}

/** Every regular file below a directory but the known ones; other things take no space to speak of. */
const filesBelow = async (directory: string, known: ReadonlySet<string>): Promise<readonly FoundFile[]> => {
  const files: FoundFile[] = [];
  const queue = [directory];
  for (const current of queue) {
    for (const name of await namesIn(current)) {
      const path = `${current}/${name}`;
      if (known.has(path)) continue;
      try {
        const stat = await promises.lstat(path);
        if (stat.isDirectory()) queue.push(path);
        if (stat.isFile()) files.push({ path, size: stat.size, file: `${stat.dev}:${stat.ino}` });
      } catch (error) {
        if (!isAbsent(error)) throw fromSystemError(error, 'cannot be looked at', path);
      }
    }
  }
  return files;
};

/** How many of the images have a blob. */
const countOwners = (reached: ReadonlyMap<Digest, ReadonlySet<Digest>>): ReadonlyMap<Digest, number> => {
  const owners = new Map<Digest, number>();
  for (const parts of reached.values()) {
    for (const part of parts) owners.set(part, (owners.get(part) ?? 0) + 1);
  }
  return owners;
};

const otherFiles = async (
  store: Store,
  blobs: readonly StoredBlob[],
): Promise<Pick<StoreUsage['parts'], 'temporary' | 'quarantine' | 'state' | 'other'>> => {
  const { paths } = store;
  // A blob whose writer was ended between two steps has a second name, and takes its space once.
  const seen = new Set(blobs.map(({ file }) => file));
  const parts = { temporary: 0, quarantine: 0, state: 0, other: 0 };
  const ownNames = new Set([paths.index, paths.layout]);
  for (const { path, size, file } of await filesBelow(paths.root, new Set(blobs.map(({ path }) => path)))) {
    if (seen.has(file)) continue;
    seen.add(file);
    const isTemporary = path.startsWith(join(paths.ingest, '/')) || /\/\.new-[0-9a-f-]{36}$/.test(path);
    if (isTemporary) parts.temporary += size;
    else if (path.startsWith(join(paths.quarantine, '/'))) parts.quarantine += size;
    else if (path.startsWith(join(paths.state, '/')) || ownNames.has(path)) parts.state += size;
    else parts.other += size;
  }
  return parts;
};

const measure = async (store: Store): Promise<StoreUsage> => {
  const state = await readState(store);
  const roots = rootsOfStore(state, await listLeases(store), store.now());
  const { blobs } = await listBlobs(store.paths, store.signal);
  const sizes = new Map(blobs.map(({ digest, size }) => [digest, size]));
  const memory = await loadLinks(store);
  const reach = new Reach(store.paths, store.limits, store.signal, (digest) =>
    sizes.has(digest) ? memory.get(digest) : undefined,
  );
  const sizeOf = (digest: Digest): number => sizes.get(digest) ?? 0;
  const names = new Map<Digest, string[]>();
  const reached = new Map<Digest, ReadonlySet<Digest>>();
  for (const { digest, mediaType, nameText } of state.index.entries) {
    names.set(digest, [...(names.get(digest) ?? []), ...(nameText === '' ? [] : [nameText])]);
    if (reached.has(digest) || !sizes.has(digest)) continue;
    reached.set(digest, await reach.from([{ digest, mediaType, owner: nameText }], 'without subjects'));
  }
  const owners = countOwners(reached);
  const present = (
    digests: readonly { readonly digest: Digest; readonly mediaType: string; readonly owner: string }[],
  ): typeof digests => digests.filter(({ digest }) => sizes.has(digest));
  const listed = await reach.from(present(roots.index));
  const held = new Set<Digest>([...(await reach.from(present([...roots.pins, ...roots.leases]))), ...roots.flat]);
  const resting = await reach.from(present(roots.trash));
  if (reach.reads > 0 || reach.links.size < memory.size) await saveLinks(store, reach.links);
  const partOf = (digest: Digest): keyof StoreUsage['parts'] => {
    if ((owners.get(digest) ?? 0) > 1) return 'shared';
    if (owners.has(digest) || listed.has(digest)) return 'unique';
    if (held.has(digest)) return 'leased';
    return resting.has(digest) ? 'trash' : 'reclaimable';
  };
  const parts = { unique: 0, shared: 0, leased: 0, trash: 0, reclaimable: 0, ...(await otherFiles(store, blobs)) };
  for (const { digest, size } of blobs) parts[partOf(digest)] += size;
  const images = [...reached].map(([digest, all]): ImageUsage => {
    const bytes = (test: (owned: number) => boolean): number =>
      [...all].reduce((total, blob) => total + (test(owners.get(blob) ?? 0) ? sizeOf(blob) : 0), 0);
    const shared = bytes((count) => count > 1);
    const unique = bytes((count) => count === 1);
    return { digest, names: names.get(digest) ?? [], size: shared + unique, unique, shared };
  });
  const total = Object.values(parts).reduce((all, bytes) => all + bytes, 0);
  return { logical: images.reduce((all, { size }) => all + size, 0), parts, total, blobs: blobs.length, images };
};

/**
 * Where the bytes of a store are.
 * @throws {ToolError} BLOB_CORRUPT, STORE_STATE_INVALID, STORE_INDEX_INVALID, STORE_TAMPERED; STORE_LOCKED; system errors
 */
export const storeUsage = (store: Store): Promise<StoreUsage> => withLock(store, 'shared', measure);
