import { type Stats, lstatSync, promises, readFileSync } from 'node:fs';
import { ToolError, fromSystemError } from '../base/error.js';
import { hashHex, isHashAlgorithm, startHash } from '../base/hash.js';
import { CHUNK_SIZE } from '../base/limits.js';
import { type Digest, algorithmOf, encodedOf, hashAlgorithmOf, tryParseDigest } from '../oci/digest.js';
import { isAbsent, kindOf, namesIn, tampered } from './file.js';
import { type StorePaths, blobFile } from './path.js';

/** A file among the blobs. */
export interface StoredBlob {
  readonly digest: Digest;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly mode: number;
  /** The later of content and inode changed, in milliseconds since 1970: touching a blob makes it young. */
  readonly changed: number;
  /** Device and inode: two names of one file take its space once. */
  readonly file: string;
}

/** Something in `blobs/` that is no blob. */
export interface OddFile {
  readonly path: string;
  readonly found: string;
}

export interface BlobList {
  readonly blobs: readonly StoredBlob[];
  readonly odd: readonly OddFile[];
}

const storedBlob = (digest: Digest, path: string, stat: Stats): StoredBlob => ({
  digest,
  path,
  size: stat.size,
  mode: stat.mode & 0o7777,
  changed: Math.max(stat.mtimeMs, stat.ctimeMs),
  file: `${stat.dev}:${stat.ino}`,
});

/** Without a detour over another thread, which costs ten times the call; a collector looks at each blob of the store. */
const statNow = (path: string): Stats | undefined => {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw fromSystemError(error, 'cannot be looked at', path);
  }
};

/** Files looked at before others may run. */
const YIELD = 1000;

export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Every file below `blobs/`, in no order. @throws {ToolError} system errors */
export const listBlobs = async (paths: StorePaths, signal?: AbortSignal): Promise<BlobList> => {
  const blobs: StoredBlob[] = [];
  const odd: OddFile[] = [];
  for (const algorithm of await namesIn(paths.blobs)) {
    const directory = `${paths.blobs}/${algorithm}`;
    const stat = statNow(directory);
    if (stat?.isDirectory() !== true) {
      if (stat !== undefined) odd.push({ path: directory, found: kindOf(stat) });
      continue;
    }
    for (const [at, encoded] of (await namesIn(directory)).entries()) {
      if (at % YIELD === YIELD - 1) {
        await breathe();
        signal?.throwIfAborted();
      }
      const path = `${directory}/${encoded}`;
      const digest = tryParseDigest(`${algorithm}:${encoded}`);
      const found = statNow(path);
      if (found === undefined) continue;
      if (digest === undefined || !found.isFile())
        odd.push({ path, found: digest === undefined ? 'no digest' : kindOf(found) });
      else blobs.push(storedBlob(digest, path, found));
    }
  }
  return { blobs, odd };
};

/** A blob that is there; undefined for none. @throws {ToolError} STORE_TAMPERED; system errors */
export const findBlob = (paths: StorePaths, digest: Digest): StoredBlob | undefined => {
  const path = blobFile(paths, digest);
  const stat = statNow(path);
  if (stat === undefined) return undefined;
  if (!stat.isFile()) throw tampered(path, kindOf(stat));
  return storedBlob(digest, path, stat);
};

export const corrupt = (path: string, digest: Digest, found: string): ToolError =>
  new ToolError('BLOB_CORRUPT', 'a stored blob is not what its name says', {
    subject: path,
    expected: digest,
    found,
    hint: 'run ingot fsck --repair, then load the image again',
  });

/**
 * The bytes of a small blob, held against its digest where its algorithm is known; undefined if it is not there.
 * @throws {ToolError} BLOB_CORRUPT, STORE_TAMPERED; system errors
 */
export const readDocument = (paths: StorePaths, digest: Digest): Uint8Array | undefined => {
  const blob = findBlob(paths, digest);
  if (blob === undefined) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(blob.path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw fromSystemError(error, 'cannot be read', blob.path);
  }
  const algorithm = algorithmOf(digest);
  if (!isHashAlgorithm(algorithm)) return bytes;
  const hex = hashHex(algorithm, bytes);
  if (hex !== encodedOf(digest)) throw corrupt(blob.path, digest, `${algorithm}:${hex}`);
  return bytes;
};

/** Whether a stored file has the digest that names it. @throws {ToolError} DIGEST_ALGORITHM_UNSUPPORTED; system errors */
export const verifyFile = async (path: string, digest: Digest, signal?: AbortSignal): Promise<boolean> => {
  const hasher = startHash(hashAlgorithmOf(digest));
  try {
    const handle = await promises.open(path, 'r');
    try {
      const buffer = new Uint8Array(CHUNK_SIZE);
      for (;;) {
        signal?.throwIfAborted();
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
        if (bytesRead === 0) break;
        hasher.update(buffer.subarray(0, bytesRead));
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw fromSystemError(error, 'cannot be read', path);
  }
  return hasher.hex() === encodedOf(digest);
};
