import { type ByteStream, concatBytes } from '../../../../src/base/bytes.js';
import { PINNED_CODEC_IDS, pinnedCodec } from '../../../../src/codec/pinned/codec.js';
import { always, chunked } from '../decompress-outcome.js';

/** The codecs that any gunzip takes back. */
export const GZIP_IDS: readonly string[] = PINNED_CODEC_IDS.filter((id) => pinnedCodec(id).compression === 'gzip');

/** All that a stream gives. */
export const collect = async (stream: ByteStream): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk.slice());
  return concatBytes(chunks);
};

/** Memory through a codec, in chunks of the given sizes. */
export const compressBytes = (
  id: string,
  bytes: Uint8Array,
  sizes: Iterable<number> = always(65_536),
): Promise<Uint8Array> => collect(pinnedCodec(id).compress(chunked(bytes, sizes)));
