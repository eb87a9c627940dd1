import { readSync, writeSync } from 'node:fs';

import type { ByteStream, FileExtent } from '../base/bytes.js';
import type { ErrorCode } from '../base/error-code.js';
import { ToolError, fromSystemError } from '../base/error.js';
import { type HashAlgorithm, type Hasher, startHash } from '../base/hash.js';
import { CHUNK_SIZE, type Limits } from '../base/limits.js';
import type { Compression } from './compression.js';
import type { CodecNote } from './decoder.js';

/** One run of bytes to read once: hashed, perhaps decompressed, perhaps copied. Plain data, so any thread can do it. */
export interface BulkJob {
  /** How errors name the bytes: a path, a digest. */
  readonly subject: string;
  readonly extent: FileExtent;
  /** Of the bytes as stored. */
  readonly algorithm: HashAlgorithm;
  /** Lower-case hex that the stored bytes must have; another one is DIGEST_MISMATCH. */
  readonly expected?: string;
  /** How the bytes are compressed; without it there is no inner content. */
  readonly compression?: Compression;
  /** The pinned codec to compress with; then what is called inner below is the compressed result. */
  readonly codec?: string;
  /** Of the inner bytes; by default as {@link algorithm}. */
  readonly innerAlgorithm?: HashAlgorithm;
  /** Lower-case hex that the inner bytes must have; another one is DIFFID_MISMATCH. */
  readonly expectedInner?: string;
  /** Inner bytes after which the job gives up without an error. */
  readonly atMost?: number;
  readonly target?: BulkTarget;
}

/** Where a job's bytes go in an open file; the descriptor stays the owner's. */
export interface BulkTarget {
  readonly fd: number;
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** The bytes as stored, or decompressed. */
  readonly content: 'raw' | 'inner';
}

export interface BulkResult {
  /** Lower-case hex of the stored bytes. */
  readonly hex: string;
  /** Of the decompressed bytes: hex and number. Present if the job has a compression. */
  readonly inner?: { readonly hex: string; readonly size: number };
  /** What was odd about the compressed form and does not stop its use. */
  readonly notes?: readonly CodecNote[];
  /** The inner bytes became more than {@link BulkJob.atMost}: nothing was verified, `hex` is empty. */
  readonly gaveUp?: true;
}

/** What a thread brings to the jobs that it does. */
export interface BulkLane {
  readonly limits: Limits;
  readonly buffer: Uint8Array;
  /** Counts stored bytes done; a promise means: wait for it before going on. Throws when the work is called off. */
  advance(bytes: number): Promise<void> | undefined;
}

/** Memory for the chunks of one thread. */
export const bulkBuffer = (): Uint8Array => new Uint8Array(CHUNK_SIZE);

/**
 * Fills the buffer from a place in the job's extent.
 * @returns the bytes that were read: the buffer's length, or what is left of the extent
 * @throws {ToolError} FILE_CHANGED if the file ends before the extent does, IO
 */
export const readExtent = (job: BulkJob, at: number, buffer: Uint8Array): number => {
  const { fd, offset, length } = job.extent;
  const wanted = Math.min(buffer.length, length - at);
  let filled = 0;
  while (filled < wanted) {
    let count: number;
    try {
      count = readSync(fd, buffer, filled, wanted - filled, offset + at + filled);
    } catch (error) {
      throw fromSystemError(error, 'reading failed', job.subject);
    }
    if (count === 0) {
      throw new ToolError('FILE_CHANGED', 'the file became shorter while it was read', {
        subject: job.subject,
        offset: offset + at + filled,
        expected: `${offset + length} bytes`,
        found: `${offset + at + filled}`,
        hint: 'let nothing write to the file while it is in use',
      });
    }
    filled += count;
  }
  return wanted;
};

/**
 * Writes all of a chunk at a place in an open file.
 * @throws {ToolError} NO_SPACE, IO
 */
export const writeAt = (subject: string, fd: number, chunk: Uint8Array, position: number): void => {
  let written = 0;
  try {
    while (written < chunk.length) {
      written += writeSync(fd, chunk, written, chunk.length - written, position + written);
    }
  } catch (error) {
    throw fromSystemError(error, 'writing failed', subject);
  }
};

const expectHex = (
  code: ErrorCode,
  what: string,
  subject: string,
  expected: string | undefined,
  found: string,
): void => {
  if (expected !== undefined && expected !== found) throw new ToolError(code, what, { subject, expected, found });
};

/**
 * The hex of a job's stored bytes, held against the expectation.
 * @throws {ToolError} DIGEST_MISMATCH
 */
export const finishRaw = (job: Pick<BulkJob, 'subject' | 'algorithm' | 'expected'>, hash: Hasher): string => {
  const hex = hash.hex();
  expectHex('DIGEST_MISMATCH', `the bytes do not have this ${job.algorithm}`, job.subject, job.expected, hex);
  return hex;
};

const finishInner = (job: TransformJob, hex: string, size: number): { readonly hex: string; readonly size: number } => {
  const what = `the decompressed bytes do not have this ${job.innerAlgorithm ?? job.algorithm}`;
  expectHex('DIFFID_MISMATCH', what, job.subject, job.expectedInner, hex);
  return { hex, size };
};

/** Whether one hash over the stored bytes is all that a job asks for. */
export const isPlainJob = ({ compression, codec, algorithm, innerAlgorithm }: BulkJob): boolean =>
  codec === undefined &&
  (compression === undefined || (compression === 'none' && (innerAlgorithm ?? algorithm) === algorithm));

/**
 * The result of a plain job whose bytes were all hashed.
 * @throws {ToolError} DIGEST_MISMATCH, DIFFID_MISMATCH
 */
export const finishPlain = (job: BulkJob, hash: Hasher): BulkResult => {
  const hex = finishRaw(job, hash);
  return job.compression === undefined ? { hex } : { hex, inner: finishInner(job, hex, job.extent.length) };
};

const runPlain = async (job: BulkJob, lane: BulkLane): Promise<BulkResult> => {
  const hash = startHash(job.algorithm);
  for (let at = 0; at < job.extent.length;) {
    const count = readExtent(job, at, lane.buffer);
    const chunk = lane.buffer.subarray(0, count);
    hash.update(chunk);
    if (job.target !== undefined) writeAt(job.subject, job.target.fd, chunk, job.target.offset + at);
    at += count;
    const pause = lane.advance(count);
    if (pause !== undefined) await pause;
  }
  return finishPlain(job, hash);
};

/** How far the stored bytes of a job have been hashed. */
interface RawProgress {
  readonly hash: Hasher;
  at: number;
}

/** The stored bytes, hashed and copied as they pass; a chunk is valid until the next pull, as in every stream. */
async function* tapRaw(job: BulkJob, lane: BulkLane, progress: RawProgress): ByteStream {
  while (progress.at < job.extent.length) {
    const chunk = lane.buffer.subarray(0, Math.min(lane.buffer.length, job.extent.length - progress.at));
    readExtent(job, progress.at, chunk);
    progress.hash.update(chunk);
    if (job.target?.content === 'raw') writeAt(job.subject, job.target.fd, chunk, job.target.offset + progress.at);
    progress.at += chunk.length;
    yield chunk;
    const pause = lane.advance(chunk.length);
    if (pause !== undefined) await pause;
  }
}

// Loaded when needed: most archives hold layers that stay as they are.
const transformed = async (
  job: TransformJob,
  raw: ByteStream,
  limits: Limits,
  notes: CodecNote[],
): Promise<ByteStream> => {
  if (job.codec !== undefined) return (await import('./pinned/codec.js')).pinnedCodec(job.codec).compress(raw);
  const { decompress } = await import('./compression.js');
  return decompress(raw, job.compression ?? 'none', {
    subject: job.subject,
    limits,
    onNote: (note) => notes.push(note),
  });
};

/** A job apart from where its bytes lie. */
export type TransformJob = Omit<BulkJob, 'extent'>;

/**
 * Runs the stored bytes of a job through its codec or decoder. `raw` gives them once, hashed by `rawHash` as they pass.
 * @throws {ToolError} as {@link runJob}
 */
export const runTransform = async (
  job: TransformJob,
  raw: () => ByteStream,
  rawHash: Hasher,
  limits: Limits,
): Promise<BulkResult> => {
  const inner = startHash(job.innerAlgorithm ?? job.algorithm);
  const notes: CodecNote[] = [];
  let size = 0;
  try {
    for await (const chunk of await transformed(job, raw(), limits, notes)) {
      if (size + chunk.length > (job.atMost ?? Number.POSITIVE_INFINITY)) return { hex: '', gaveUp: true };
      inner.update(chunk);
      if (job.target?.content === 'inner') writeAt(job.subject, job.target.fd, chunk, job.target.offset + size);
      size += chunk.length;
    }
  } catch (error) {
    // Bytes that are not the expected ones are the better answer than what is wrong inside them.
    if (job.expected !== undefined && error instanceof ToolError && error.class === 'input') {
      for await (const _ of raw());
      finishRaw(job, rawHash);
    }
    throw error;
  }
  const hex = finishRaw(job, rawHash);
  return { hex, inner: finishInner(job, inner.hex(), size), ...(notes.length === 0 ? {} : { notes }) };
};

const runCompressed = (job: BulkJob, lane: BulkLane): Promise<BulkResult> => {
  const progress: RawProgress = { hash: startHash(job.algorithm), at: 0 };
  return runTransform(job, () => tapRaw(job, lane, progress), progress.hash, lane.limits);
};

/**
 * Does one job on this thread.
 * @throws {ToolError} DIGEST_MISMATCH, DIFFID_MISMATCH, FILE_CHANGED, NO_SPACE, IO, and what decompression throws
 */
export const runJob = (job: BulkJob, lane: BulkLane): Promise<BulkResult> =>
  isPlainJob(job) ? runPlain(job, lane) : runCompressed(job, lane);
