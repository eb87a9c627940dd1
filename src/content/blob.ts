import type { ByteSource, ByteStream, FileExtent } from '../base/bytes.js';
import { memorySource } from '../base/bytes.js';
import { ToolError } from '../base/error.js';
import { type HashAlgorithm, startHash } from '../base/hash.js';
import type { Descriptor } from '../oci/descriptor.js';
import { type Digest, encodedOf, hashAlgorithmOf } from '../oci/digest.js';

/** A blob's bytes as they lie at their place. */
export interface BlobSource extends ByteSource {
  /** What their digest is known from: a descriptor, unless told; or the diffID that a config gives a plain layer. */
  readonly vouchedBy?: 'diffID';
  /** Each read costs a request; what is not needed is not looked at. */
  readonly isRemote?: true;
}

/** Blobs at a place, by digest. What it gives is not verified: see {@link verifiedBlobs}. */
export interface BlobReader {
  /** The blob's bytes, or undefined if they are not there. The caller closes the source. */
  open(descriptor: Descriptor): Promise<BlobSource | undefined>;
}

/** What a blob's bytes must be, in the words of a bulk job, so that the right code says it when they are not. */
export interface BlobExpectation {
  readonly subject: string;
  readonly algorithm: HashAlgorithm;
  readonly expected?: string;
  readonly compression?: 'none';
  readonly expectedInner?: string;
}

/** @throws {ToolError} DIGEST_ALGORITHM_UNSUPPORTED */
export const expectationOf = (digest: Digest, source: BlobSource): BlobExpectation => {
  const algorithm = hashAlgorithmOf(digest);
  const hex = encodedOf(digest);
  return source.vouchedBy === 'diffID'
    ? { subject: source.name, algorithm, compression: 'none', expectedInner: hex }
    : { subject: digest, algorithm, expected: hex };
};

/** A blob that lies in an open file. Whoever takes its bytes must hold them against {@link BlobExtent.expectation}. */
export interface BlobExtent {
  readonly expectation: BlobExpectation;
  readonly file: FileExtent;
  readonly release: () => Promise<void>;
}

declare const verified: unique symbol;

/**
 * Blobs whose bytes are checked on the way: a stream of it fails as soon as more bytes come than the descriptor
 * says, and ends without an error only if size and digest match. Writers accept nothing else.
 */
export interface VerifiedBlobReader {
  readonly [verified]: true;
  /** @throws {ToolError} BLOB_MISSING, SIZE_MISMATCH, DIGEST_MISMATCH, DIFFID_MISMATCH, DIGEST_ALGORITHM_UNSUPPORTED */
  read(descriptor: Descriptor, signal?: AbortSignal): ByteStream;
  /** For bulk copying, which verifies by itself; undefined where the blob is not a run of bytes in a file. */
  extent(descriptor: Descriptor): Promise<BlobExtent | undefined>;
}

export const blobMissing = (descriptor: Descriptor, hint?: string): ToolError =>
  new ToolError('BLOB_MISSING', 'the blob is not there', {
    subject: descriptor.digest,
    expected: `${descriptor.size} bytes of ${descriptor.mediaType}`,
    found: 'nothing',
    ...(hint === undefined ? {} : { hint }),
  });

const checkSize = (descriptor: Descriptor, found: number | string): void => {
  if (found === descriptor.size) return;
  throw new ToolError('SIZE_MISMATCH', 'the blob is not of the size that its descriptor says', {
    subject: descriptor.digest,
    expected: `${descriptor.size} bytes`,
    found: typeof found === 'number' ? `${found} bytes` : found,
  });
};

async function* verifiedStream(
  source: BlobSource,
  descriptor: Descriptor,
  signal: AbortSignal | undefined,
): ByteStream {
  try {
    checkSize(descriptor, source.size);
    const { subject, algorithm } = expectationOf(descriptor.digest, source);
    const hasher = startHash(algorithm);
    let count = 0;
    for await (const chunk of source.read(undefined, signal)) {
      count += chunk.length;
      if (count > descriptor.size) checkSize(descriptor, 'more');
      hasher.update(chunk);
      yield chunk;
    }
    checkSize(descriptor, count);
    const hex = hasher.hex();
    if (hex !== encodedOf(descriptor.digest)) {
      const details = { subject, expected: encodedOf(descriptor.digest), found: hex };
      throw source.vouchedBy === 'diffID'
        ? new ToolError('DIFFID_MISMATCH', 'the layer does not have the diffID that the config gives it', details)
        : new ToolError('DIGEST_MISMATCH', 'the bytes do not have the digest that names them', details);
    }
  } finally {
    await source.close();
  }
}

/** The only way to a {@link VerifiedBlobReader}. */
export const verifiedBlobs = (blobs: BlobReader): VerifiedBlobReader => {
  const open = async (descriptor: Descriptor): Promise<BlobSource> => {
    hashAlgorithmOf(descriptor.digest);
    const source = await blobs.open(descriptor);
    if (source === undefined) throw blobMissing(descriptor);
    return source;
  };
  const reader: Omit<VerifiedBlobReader, typeof verified> = {
    async *read(descriptor, signal): ByteStream {
      yield* verifiedStream(await open(descriptor), descriptor, signal);
    },
    extent: async (descriptor) => {
      const source = await open(descriptor);
      try {
        checkSize(descriptor, source.size);
      } catch (error) {
        await source.close();
        throw error;
      }
      if (source.file === undefined) {
        await source.close();
        return undefined;
      }
      const expectation = expectationOf(descriptor.digest, source);
      return { expectation, file: source.file, release: () => source.close() };
    },
  };
  // The brand exists in the type system alone; this is the one place that grants it.
  return reader as VerifiedBlobReader;
};

/** Blobs in memory before all others: manifests made here, data embedded in descriptors. */
export const withMemory = (memory: ReadonlyMap<Digest, Uint8Array>, rest: BlobReader): BlobReader => ({
  open: async (descriptor) => {
    const bytes = memory.get(descriptor.digest);
    return bytes === undefined ? rest.open(descriptor) : memorySource(bytes, descriptor.digest);
  },
});

/** The first reader that has a blob gives it. */
export const firstOf = (readers: readonly BlobReader[]): BlobReader => ({
  open: async (descriptor) => {
    for (const reader of readers) {
      const source = await reader.open(descriptor);
      if (source !== undefined) return source;
    }
    return undefined;
  },
});
