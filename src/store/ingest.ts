import { constants, promises } from 'node:fs';
import { join } from 'node:path';
import { eachAtOnce } from '../base/concurrent.js';
import { ToolError, fromSystemError, invariant } from '../base/error.js';
import type { FileExtent } from '../base/bytes.js';
import type { BlobExtent, VerifiedBlobReader } from '../content/blob.js';
import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import { findBlob, verifyFile } from './content.js';
import { hasNoLinks, syncDirectory, systemCode } from './file.js';
import { blobDirectory, blobFile } from './path.js';
import { setAside } from './quarantine.js';
import type { Session } from './session.js';
import type { Store } from './store.js';

/** Mode of a blob at rest: nobody changes it. */
export const BLOB_MODE = 0o444;

/** A file in the making that somebody else fills, with the bytes that the extent must have. */
export interface BulkTarget {
  readonly extent: BlobExtent;
  readonly fd: number;
}

/** Copies and verifies many extents at once; the operations bring one that uses all threads. */
export type BulkCopy = (targets: readonly BulkTarget[]) => Promise<void>;

export interface IngestOptions {
  /** Hash blobs that are there already, whatever they look like. */
  readonly paranoid?: boolean;
  /** Take a source's whole file by another name where that is possible. Its owner must not write to it any more. */
  readonly hardLink?: boolean;
  readonly copy?: BulkCopy;
  readonly onBytes?: (bytes: number) => void;
}

/** How a blob came into the store: as bytes, as a clone that shares its blocks, by another name; or it was there. */
export type Arrival = 'copied' | 'cloned' | 'linked' | 'present';

export interface Ingested {
  readonly stored: number;
  readonly present: number;
  /** Of each distinct blob, in the order in which they were asked for. */
  readonly arrivals: ReadonlyMap<Digest, Arrival>;
  /** Bytes that were copied; those of clones and links are not. */
  readonly copied: number;
}

/** Files open at a time. */
const BATCH = 64;

/** Blobs that come over a network are asked for so many at a time. */
const STREAMS_AT_ONCE = 3;

interface Part {
  readonly descriptor: Descriptor;
  readonly path: string;
  readonly handle: promises.FileHandle;
}

/** Writes blobs into a store for one session. Nothing incomplete is ever visible among the blobs. */
export class Ingest {
  readonly #store: Store;
  readonly #session: Session;
  readonly #blobs: VerifiedBlobReader;
  readonly #options: IngestOptions;
  readonly #directories = new Set<string>();
  readonly #arrivals = new Map<Digest, Arrival>();
  #clones = true;
  #count = 0;
  #copied = 0;

  constructor(store: Store, session: Session, blobs: VerifiedBlobReader, options: IngestOptions) {
    this.#store = store;
    this.#session = session;
    this.#blobs = blobs;
    this.#options = options;
  }

  /**
   * Stores what is not there yet, in any order; names must follow only when this returns.
   * @throws {ToolError} as the blob reader; NO_SPACE, TOO_MANY_FILES, IO and other system errors
   */
  async add(descriptors: readonly Descriptor[]): Promise<Ingested> {
    const distinct = [...new Map(descriptors.map((descriptor) => [descriptor.digest, descriptor])).values()];
    const missing: Descriptor[] = [];
    for (const descriptor of distinct) {
      this.#store.signal?.throwIfAborted();
      const isThere = await this.#isThere(descriptor);
      this.#arrivals.set(descriptor.digest, isThere ? 'present' : 'copied');
      if (!isThere) missing.push(descriptor);
    }
    for (let at = 0; at < missing.length; at += BATCH) await this.#storeBatch(missing.slice(at, at + BATCH));
    for (const directory of this.#directories) await syncDirectory(directory);
    this.#directories.clear();
    return {
      stored: missing.length,
      present: distinct.length - missing.length,
      arrivals: this.#arrivals,
      copied: this.#copied,
    };
  }

  /** A blob that is there counts as touched, so that no collector without a look at leases takes it for old. */
  async #isThere({ digest, size }: Descriptor): Promise<boolean> {
    const blob = findBlob(this.#store.paths, digest);
    if (blob === undefined) return false;
    const isOdd = blob.size !== size || blob.mode !== BLOB_MODE;
    if (isOdd || this.#options.paranoid === true) {
      if (!(await verifyFile(blob.path, digest, this.#store.signal))) {
        await setAside(this.#store, blob.path, digest);
        return false;
      }
      // The stored blob is right, so who says another size is not.
      if (blob.size !== size) {
        const details = { subject: digest, expected: `${size} bytes`, found: `${blob.size} bytes` };
        throw new ToolError('SIZE_MISMATCH', 'the blob is not of the size that its descriptor says', details);
      }
    }
    try {
      if (isOdd) await promises.chmod(blob.path, BLOB_MODE);
      const now = new Date(this.#store.now());
      await promises.utimes(blob.path, now, now);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return false;
      // Somebody else's file: it serves as it is.
      if (systemCode(error) !== 'EPERM') throw fromSystemError(error, 'cannot be touched', blob.path);
    }
    return findBlob(this.#store.paths, digest) !== undefined;
  }

  async #storeBatch(descriptors: readonly Descriptor[]): Promise<void> {
    const parts: Part[] = [];
    const targets: BulkTarget[] = [];
    const streamed: { readonly descriptor: Descriptor; readonly path: string }[] = [];
    try {
      for (const descriptor of descriptors) {
        this.#store.signal?.throwIfAborted();
        const extent = await this.#blobs.extent(descriptor);
        const path = join(this.#session.directory, String(this.#count++));
        if (extent !== undefined && (await this.#take(extent, path, descriptor))) continue;
        if (extent === undefined || this.#options.copy === undefined) {
          await extent?.release();
          streamed.push({ descriptor, path });
          continue;
        }
        const handle = await promises.open(path, 'wx+', 0o600).catch(async (error: unknown) => {
          await extent.release();
          throw fromSystemError(error, 'cannot be written', path);
        });
        parts.push({ descriptor, path, handle });
        targets.push({ extent, fd: handle.fd });
      }
      if (this.#options.copy !== undefined && targets.length > 0) await this.#options.copy(targets);
      for (const { extent } of targets) this.#copied += extent.file.length;
      for (const part of parts) await this.#finish(part);
      await eachAtOnce(streamed, STREAMS_AT_ONCE, (entry, signal) => this.#stream(entry, signal), this.#store.signal);
    } finally {
      for (const { extent } of targets) await extent.release();
      for (const { handle, path } of parts) {
        await handle.close().catch(() => {});
        await promises.rm(path, { force: true }).catch(() => {});
      }
    }
  }

  /** Published when it is complete, so that what came over a network need not come again. */
  async #stream(
    { descriptor, path }: { readonly descriptor: Descriptor; readonly path: string },
    signal: AbortSignal,
  ): Promise<void> {
    const handle = await promises.open(path, 'wx+', 0o600).catch((error: unknown) => {
      throw fromSystemError(error, 'cannot be written', path);
    });
    try {
      await this.#fill(handle, descriptor, path, signal);
      await this.#finish({ descriptor, path, handle });
    } finally {
      await handle.close().catch(() => {});
      await promises.rm(path, { force: true }).catch(() => {});
    }
  }

  async #fill(handle: promises.FileHandle, descriptor: Descriptor, path: string, signal: AbortSignal): Promise<void> {
    for await (const chunk of this.#blobs.read(descriptor, signal)) {
      try {
        for (let done = 0; done < chunk.length;) {
          done += (await handle.write(chunk, done, chunk.length - done, null)).bytesWritten;
        }
      } catch (error) {
        throw fromSystemError(error, 'cannot be written', path);
      }
      this.#copied += chunk.length;
      this.#options.onBytes?.(chunk.length);
    }
  }

  /** Syncs a filled file and publishes it. */
  async #finish({ descriptor, path, handle }: Part): Promise<void> {
    try {
      const { size } = await handle.stat();
      if (size !== descriptor.size) {
        throw new ToolError('IO', 'the disk did not keep what was written', {
          subject: path,
          expected: `${descriptor.size} bytes`,
          found: `${size} bytes`,
        });
      }
      await handle.chmod(BLOB_MODE);
      if (this.#store.config.fsync) await handle.sync();
      await handle.close();
    } catch (error) {
      throw fromSystemError(error, 'cannot be written', path);
    }
    this.#store.step('blob-written');
    await this.#publish(path, descriptor.digest);
    this.#store.step('blob-linked');
  }

  /** Gives a complete file its name, unless somebody else was faster: then both have the same bytes. */
  async #publish(path: string, digest: Digest): Promise<void> {
    const target = blobFile(this.#store.paths, digest);
    const directory = blobDirectory(this.#store.paths, digest);
    try {
      await promises.mkdir(directory, { recursive: true });
      await promises.link(path, target).catch(async (error: unknown) => {
        if (systemCode(error) === 'EEXIST') return;
        // A file system without hard links: the rename may replace a blob of the same bytes.
        if (!hasNoLinks(error)) throw error;
        await promises.rename(path, target);
      });
      await promises.rm(path, { force: true });
    } catch (error) {
      throw fromSystemError(error, 'cannot be put in place', target);
    }
    this.#directories.add(directory).add(this.#store.paths.blobs);
  }

  /** A whole file of the source as a clone that shares its blocks, or by another name; false where neither works. */
  async #take({ file, release }: BlobExtent, path: string, descriptor: Descriptor): Promise<boolean> {
    const origin = await wholeFile(file);
    try {
      const arrival = origin === undefined ? undefined : await this.#cloneOrLink(origin, path);
      if (arrival === undefined) return false;
      // A file that is not what it should be is left to the copier, which finds out what is wrong and says so.
      if (!(await verifyFile(path, descriptor.digest, this.#store.signal))) return false;
      await this.#finish({ descriptor, path, handle: await promises.open(path, 'r') });
      this.#arrivals.set(descriptor.digest, arrival);
    } catch (error) {
      await release();
      throw error;
    } finally {
      await promises.rm(path, { force: true });
    }
    await release();
    this.#options.onBytes?.(descriptor.size);
    return true;
  }

  async #cloneOrLink(origin: string, path: string): Promise<Arrival | undefined> {
    if (this.#clones) {
      try {
        await promises.copyFile(origin, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
        return 'cloned';
      } catch {
        // Most file systems have no clones; one failure is enough to know.
        this.#clones = false;
        await promises.rm(path, { force: true });
      }
    }
    if (this.#options.hardLink !== true) return undefined;
    return promises.link(origin, path).then(
      () => 'linked' as const,
      () => undefined,
    );
  }
}

/** The path of an open file that an extent covers as a whole, where the system tells it. */
const wholeFile = async ({ fd, offset, length }: FileExtent): Promise<string | undefined> => {
  invariant(fd >= 0, 'an extent without a file');
  if (offset !== 0) return undefined;
  try {
    const path = await promises.readlink(`/proc/self/fd/${fd}`);
    const [here, open] = [await promises.lstat(path), await promises.stat(`/proc/self/fd/${fd}`)];
    const isSame = here.isFile() && here.ino === open.ino && here.dev === open.dev && open.size === length;
    return isSame ? path : undefined;
  } catch {
    return undefined;
  }
};
