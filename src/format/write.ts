import type { ByteStream } from '../base/bytes.js';
import { eachAtOnce } from '../base/concurrent.js';
import { invariant } from '../base/error.js';
import { type BulkOptions, runBulk } from '../codec/bulk.js';
import { END_OF_TAR, paddingAfter } from '../codec/tar-header.js';
import type { BlobExtent, VerifiedBlobReader } from '../content/blob.js';
import { type ArchivePlan, type PlanEntry, headerOf } from './plan.js';

async function* contentOf(entry: PlanEntry, blobs: VerifiedBlobReader, signal: AbortSignal | undefined): ByteStream {
  if (entry.content.from === 'memory') yield entry.content.bytes;
  if (entry.content.from === 'blob') yield* blobs.read(entry.content.descriptor, signal);
}

/** The archive from front to end, for pipes. @throws as the blob reader */
export async function* writeArchive(plan: ArchivePlan, blobs: VerifiedBlobReader, signal?: AbortSignal): ByteStream {
  let at = 0;
  for (const entry of plan.entries) {
    signal?.throwIfAborted();
    const header = headerOf(plan, entry);
    yield header;
    at += header.length;
    for await (const chunk of contentOf(entry, blobs, signal)) {
      yield chunk;
      at += chunk.length;
    }
    const padding = paddingAfter(entry.size);
    if (padding > 0) yield new Uint8Array(padding);
    at += padding;
  }
  yield END_OF_TAR;
  invariant(at + END_OF_TAR.length === plan.size, 'an archive of another size than planned');
}

/** An open, empty file that can be written anywhere. Bytes never written are zeros. */
export interface ArchiveFile {
  readonly fd: number;
  /** Sets the length in bytes. */
  truncate(size: number): Promise<void>;
  write(bytes: Uint8Array, position: number): Promise<void>;
}

/** Blobs opened at a time, far below what a process may open. */
const EXTENTS_AT_ONCE = 128;

/** Blobs that come over a network are asked for so many at a time. */
const STREAMS_AT_ONCE = 3;

/** Below this, a blob is not worth handing to the bulk copier. */
const SMALL = 64 * 1024;

interface Placed {
  readonly entry: PlanEntry;
  readonly extent: BlobExtent;
}

const copyExtents = async (placed: readonly Placed[], file: ArchiveFile, options: BulkOptions): Promise<void> => {
  try {
    await runBulk(
      placed.map(({ entry, extent }) => ({
        ...extent.expectation,
        extent: extent.file,
        target: { fd: file.fd, offset: entry.offset, content: 'raw' },
      })),
      options,
    );
  } finally {
    for (const { extent } of placed) {
      await extent.release();
    }
  }
};

/**
 * The archive into a file. The plan says where everything goes, so blobs that lie in files are copied in any order by
 * all threads, and others streamed several at a time, each verified as it is copied. The file is complete only when
 * this returns.
 * @throws as {@link writeArchive}
 */
export const writeArchiveFile = async (
  plan: ArchivePlan,
  blobs: VerifiedBlobReader,
  file: ArchiveFile,
  options: BulkOptions,
): Promise<void> => {
  await file.truncate(plan.size);
  let placed: Placed[] = [];
  const streamed: PlanEntry[] = [];
  const stream = async (entry: PlanEntry, signal: AbortSignal | undefined): Promise<void> => {
    let at = entry.offset;
    for await (const chunk of contentOf(entry, blobs, signal)) {
      await file.write(chunk, at);
      at += chunk.length;
      options.onBytes?.(chunk.length);
    }
    invariant(at === entry.offset + entry.size, 'a blob of another size than planned');
  };
  const flush = async (): Promise<void> => {
    const batch = placed;
    placed = [];
    await copyExtents(batch, file, options);
  };
  try {
    for (const entry of plan.entries) {
      options.signal?.throwIfAborted();
      await file.write(headerOf(plan, entry), entry.headerOffset);
      if (entry.content.from !== 'blob' || entry.size < SMALL) {
        await stream(entry, options.signal);
        continue;
      }
      const extent = await blobs.extent(entry.content.descriptor);
      if (extent === undefined) streamed.push(entry);
      else placed.push({ entry, extent });
      if (placed.length >= EXTENTS_AT_ONCE) await flush();
    }
    await flush();
    await eachAtOnce(streamed, STREAMS_AT_ONCE, stream, options.signal);
  } finally {
    await Promise.all(placed.map(({ extent }) => extent.release()));
  }
};
