import type { ByteSource } from '../base/bytes.js';
import { pinnedCodec } from '../codec/pinned/codec.js';
import { type BlobReader, blobMissing } from '../content/blob.js';
import type { Descriptor } from '../oci/descriptor.js';

/** Bytes of output after which a codec that has agreed so far is worth a whole attempt. */
const COMPARED = 256 * 1024;

const openBlob = async (blobs: BlobReader, descriptor: Descriptor): Promise<ByteSource> => {
  const source = await blobs.open(descriptor);
  if (source === undefined) throw blobMissing(descriptor);
  return source;
};

/**
 * Whether a codec can have made a blob that is at hand: false at the first byte of its output that is another one.
 * True proves nothing.
 * @throws {ToolError} BLOB_MISSING, CODEC_UNKNOWN
 */
export const beginsAs = async (
  codec: string,
  plain: Descriptor,
  original: Descriptor,
  blobs: BlobReader,
  signal?: AbortSignal,
): Promise<boolean> => {
  const source = await openBlob(blobs, plain);
  try {
    const expected = await openBlob(blobs, original);
    try {
      let at = 0;
      for await (const chunk of pinnedCodec(codec).compress(source.read(undefined, signal))) {
        if (at + chunk.length > expected.size) return false;
        if (Buffer.compare(chunk, await expected.readAt(at, chunk.length)) !== 0) return false;
        at += chunk.length;
        if (at >= COMPARED) return true;
      }
      return at === expected.size;
    } finally {
      await expected.close();
    }
  } finally {
    await source.close();
  }
};
