import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ByteSource, concatBytes, memorySource, sliceSource, utf8 } from '../../../src/base/bytes.js';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { openTarTree } from '../../../src/codec/tar-index.js';
import { type BlobReader, verifiedBlobs } from '../../../src/content/blob.js';
import { type ArchivePlan, planArchive } from '../../../src/format/plan.js';
import { DEFAULT_SETTINGS, PROFILES } from '../../../src/format/profile.js';
import { type ArchiveFile, writeArchive, writeArchiveFile } from '../../../src/format/write.js';
import { handleSource } from '../../../src/transport/file.js';
import { MemoryPlace, contentOf, failureOf, reference } from '../../support/memory-place.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-write-'));
});
afterAll(() => rm(folder, { recursive: true }));

const place = new MemoryPlace();
// One layer that the bulk copier takes, one that is too small for it.
const image = place.image({ layers: ['small', 'x'.repeat(100_000), ' '] });

const planned = async (): Promise<ArchivePlan> =>
  planArchive(await place.graph([image.descriptor, reference('a:1')]), PROFILES['hybrid-1'], DEFAULT_SETTINGS, {
    allowSparse: false,
  });

const streamed = async (blobs: BlobReader): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeArchive(await planned(), verifiedBlobs(blobs))) chunks.push(chunk.slice());
  return concatBytes(chunks);
};

const archiveFile = (handle: FileHandle): ArchiveFile => ({
  fd: handle.fd,
  truncate: (size) => handle.truncate(size),
  write: async (bytes, position) => void (await handle.write(bytes, 0, bytes.length, position)),
});

let count = 0;
const filed = async (blobs: BlobReader, options: { readonly signal?: AbortSignal } = {}): Promise<Uint8Array> => {
  const handle = await open(join(folder, `archive-${count++}`), 'w+');
  try {
    await writeArchiveFile(await planned(), verifiedBlobs(blobs), archiveFile(handle), {
      threads: 1,
      limits: DEFAULT_LIMITS,
      ...options,
    });
    return await handle.readFile();
  } finally {
    await handle.close();
  }
};

/** The blobs of the place in one file; counts what is open. */
const inFile = async (changed: ReadonlyMap<string, string> = new Map()) => {
  const path = join(folder, `blobs-${count++}`);
  const handle = await open(path, 'w+');
  const extents = new Map<string, { readonly offset: number; readonly length: number }>();
  let at = 3;
  for (const [digest, bytes] of place.contents) {
    const content = utf8(changed.get(digest) ?? Buffer.from(bytes).toString());
    await handle.write(content, 0, content.length, at);
    extents.set(digest, { offset: at, length: content.length });
    at += content.length;
  }
  const whole = handleSource(handle, at, path);
  let openNow = 0;
  const blobs: BlobReader = {
    open: async ({ digest }): Promise<ByteSource | undefined> => {
      const extent = extents.get(digest);
      if (extent === undefined) return undefined;
      openNow++;
      return { ...sliceSource(whole, extent.offset, extent.length, digest), close: async () => void openNow-- };
    },
  };
  return { blobs, openNow: () => openNow, close: () => handle.close() };
};

describe('an archive', () => {
  it('is the same as a stream and as a file, from memory and from a file', async () => {
    const stream = await streamed(place.reader());
    expect(stream.length).toBe((await planned()).size);
    const files = await inFile();
    expect(Buffer.compare(await filed(place.reader()), stream)).toBe(0);
    expect(Buffer.compare(await filed(files.blobs), stream)).toBe(0);
    expect(Buffer.compare(await streamed(files.blobs), stream)).toBe(0);
    expect(files.openNow()).toBe(0);
    await files.close();
  });

  it('is a tar of all that the plan says, and ends with two blocks of zeros', async () => {
    const stream = await streamed(place.reader());
    const tree = await openTarTree(memorySource(stream, 'archive'), { limits: DEFAULT_LIMITS });
    const { entries } = await planned();
    expect(tree.entries().map(({ path, size }) => [path, size])).toEqual(
      entries.map(({ path, size }) => [path.replace(/\/$/, ''), size]),
    );
    for (const { digest } of [image.descriptor, image.config, ...image.layers]) {
      expect(await contentOf(await tree.open(`blobs/${digest.replace(':', '/')}`))).toBe(
        Buffer.from(place.contents.get(digest) ?? []).toString(),
      );
    }
    expect(tree.notes).toEqual([]);
    expect(stream.subarray(-1024).every((byte) => byte === 0)).toBe(true);
  });

  it.for<[line: string, of: number, content: (text: string) => string, code: string]>([
    ['a small layer of another content', 0, (text) => text.toUpperCase(), 'DIGEST_MISMATCH'],
    ['a large layer of another content', 1, (text) => `y${text.slice(1)}`, 'DIGEST_MISMATCH'],
    ['a small layer that is longer', 0, (text) => `${text}!`, 'SIZE_MISMATCH'],
    ['a large layer that is shorter', 1, (text) => text.slice(1), 'SIZE_MISMATCH'],
  ])('is not made of %s', async ([, of, content, code]) => {
    const layer = image.layers[of] ?? image.config;
    const changed = new Map([[layer.digest as string, content(place.text(layer))]]);
    const files = await inFile(changed);
    for (const write of [streamed, filed]) {
      expect(await failureOf(() => write(files.blobs))).toMatchObject({ code, details: { subject: layer.digest } });
    }
    expect(files.openNow()).toBe(0);
    await files.close();
  });

  it.for(['small', 'large'])('is not made without a %s layer', async (which) => {
    const gone = image.layers[which === 'small' ? 0 : 1] ?? image.config;
    const blobs: BlobReader = {
      open: async (descriptor) => (descriptor.digest === gone.digest ? undefined : place.reader().open(descriptor)),
    };
    for (const write of [streamed, filed]) {
      expect(await failureOf(() => write(blobs))).toMatchObject({
        code: 'BLOB_MISSING',
        details: { subject: gone.digest },
      });
    }
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('stop'));
    await expect(filed(place.reader(), { signal })).rejects.toThrow('stop');
    await expect(async () => {
      for await (const _ of writeArchive(await planned(), verifiedBlobs(place.reader()), signal));
    }).rejects.toThrow('stop');
  });
});
