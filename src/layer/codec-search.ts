import type { ScratchFile } from '../base/scratch.js';
import { PINNED_CODEC_IDS } from '../codec/pinned/codec.js';
import { type BlobReader, verifiedBlobs } from '../content/blob.js';
import type { Descriptor } from '../oci/descriptor.js';
import { encodedOf, hashAlgorithmOf } from '../oci/digest.js';
import { type ConvertOptions, type ImageLayer, type LayerTransform, convertLayers } from './convert.js';

/**
 * Codecs by how often real layers are made by them: Docker, containerd and BuildKit; crane and kaniko; jib; the rest.
 */
const LIKELY: readonly string[] = ['go-flate-1.26/6', 'go-flate-1.26/1', 'zlib-1.3/6+os255', 'zlib-1.3/6+os0', 'zlib-1.3/6'];

/** Every codec, the given ones first, then the likely ones. */
export const codecOrder = (first: readonly string[]): readonly string[] => [
  ...new Set([...first, ...LIKELY, ...PINNED_CODEC_IDS].filter((id) => PINNED_CODEC_IDS.includes(id))),
];

/** An uncompressed layer, and the compressed one that it is to become. */
export interface SearchTask {
  readonly layer: ImageLayer;
  readonly target: Pick<Descriptor, 'digest' | 'size'>;
  /** Codecs to try before all others. */
  readonly first: readonly string[];
}

export interface SearchHit {
  readonly codec: string;
  readonly file: ScratchFile;
}

export interface SearchResult {
  readonly task: SearchTask;
  /** Undefined if no codec gives the digest. */
  readonly hit: SearchHit | undefined;
  /** Codecs tried, in order. */
  readonly tried: readonly string[];
}

interface Attempt {
  readonly task: SearchTask;
  readonly queue: string[];
  readonly tried: string[];
  hit?: SearchHit;
  /** A candidate has read the whole layer, so its bytes are those of its digest. */
  isVerified?: true;
}

const transformOf = (task: SearchTask, codec: string): LayerTransform => ({
  codec,
  innerAlgorithm: hashAlgorithmOf(task.target.digest),
  // A candidate that has become longer than the original cannot be it.
  atMost: task.target.size,
});

/**
 * Looks for the codec that gives each layer the digest it had. Rounds of one codec a layer, all layers at once; what
 * succeeds for one layer is tried next for the others. Only equality of the digest counts.
 * @throws {ToolError} BLOB_MISSING, SIZE_MISMATCH, DIGEST_MISMATCH, DIFFID_MISMATCH
 */
export const searchCodecs = async (
  tasks: readonly SearchTask[],
  blobs: BlobReader,
  options: ConvertOptions,
): Promise<readonly SearchResult[]> => {
  const attempts = tasks.map((task): Attempt => ({ task, queue: [...codecOrder(task.first)], tried: [] }));
  const promote = (codec: string): void => {
    for (const { queue } of attempts) {
      const at = queue.indexOf(codec);
      if (at > 0) queue.unshift(...queue.splice(at, 1));
    }
  };
  for (;;) {
    const round = attempts.flatMap((attempt, index) => {
      const codec = attempt.hit === undefined ? attempt.queue.shift() : undefined;
      return codec === undefined ? [] : [{ attempt, codec, key: String(index) }];
    });
    if (round.length === 0) break;
    const works = new Map(
      round.map(({ attempt, codec, key }) => [key, { layer: attempt.task.layer, transform: transformOf(attempt.task, codec) }]),
    );
    const made = await convertLayers(works, blobs, options);
    for (const { attempt, codec, key } of round) {
      attempt.tried.push(codec);
      const result = made.get(key);
      if (result?.result.inner !== undefined) attempt.isVerified = true;
      const { digest, size } = attempt.task.target;
      if (result?.result.inner?.hex === encodedOf(digest) && result.result.inner.size === size) {
        attempt.hit = { codec, file: result.file };
        promote(codec);
      } else {
        await result?.file.discard();
      }
    }
  }
  for (const { task, isVerified } of attempts) {
    // Where every candidate was given up, nobody has seen the layer's end: that it is damaged would be the better answer.
    if (isVerified) continue;
    for await (const _ of verifiedBlobs(blobs).read(task.layer.descriptor, options.signal));
  }
  return attempts.map(({ task, hit, tried }) => ({ task, hit, tried }));
};
