import type { ScratchFile } from '../base/scratch.js';
import { PINNED_CODEC_IDS, pinnedCodec } from '../codec/pinned/codec.js';
import { type BlobReader, verifiedBlobs } from '../content/blob.js';
import { layerCompressionOf } from '../oci/media-type.js';
import type { Descriptor } from '../oci/descriptor.js';
import { encodedOf, hashAlgorithmOf } from '../oci/digest.js';
import { type ConvertOptions, type ImageLayer, type LayerTransform, type LayerWork, convertLayers } from './convert.js';
import { beginsAs } from './prefix-check.js';

/**
 * Codecs by how often real layers are made by them: Docker, containerd and BuildKit; crane and kaniko; podman, buildah
 * and skopeo of today and of before; jib; Python; Docker's official images as layouts; Nix; umoci; the rest.
 */
const LIKELY: readonly string[] = [
  'go-flate-1.26/6',
  'go-flate-1.26/1',
  'pgzip-1.20/5',
  'pgzip-1.15/5',
  'zlib-1.3/6+os255',
  'zlib-1.3/6+os0',
  'zlib-1.3/6',
  'busybox-gzip/6',
  'gnu-gzip-1/6',
  'pigz-2/6',
  'pgzip-1.20/5+256k',
  'pgzip-1.15/5+256k',
  'go-flate-1.26/9',
  'busybox-gzip/6+big',
  'zlib-1.3/9',
  'gnu-gzip-1/9',
];

/** Every codec of a compression, the given ones first, then the likely ones. */
export const codecOrder = (first: readonly string[], compression: 'gzip' | 'zstd' = 'gzip'): readonly string[] => [
  ...new Set(
    [...first, ...LIKELY, ...PINNED_CODEC_IDS].filter(
      (id) => PINNED_CODEC_IDS.includes(id) && pinnedCodec(id).compression === compression,
    ),
  ),
];

/** An uncompressed layer, and the compressed one that it is to become. */
export interface SearchTask {
  readonly layer: ImageLayer;
  readonly target: Pick<Descriptor, 'digest' | 'size'> & Partial<Pick<Descriptor, 'mediaType'>>;
  /** Codecs to try before all others. */
  readonly first: readonly string[];
  /** Where the compressed layer itself is at hand, so that a codec is done with at the first byte that differs. */
  readonly original?: Descriptor;
}

export interface SearchOptions extends ConvertOptions {
  /** End as soon as one layer is known to have no codec. Results of layers that were not searched to the end are left out. */
  readonly untilFailure?: boolean;
}

/** What the target's media type promises; anything but zstd is looked for as gzip. */
const compressionWanted = ({ target }: SearchTask): 'gzip' | 'zstd' =>
  layerCompressionOf(target.mediaType ?? '') === 'zstd' ? 'zstd' : 'gzip';

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

class Search {
  readonly attempts: readonly Attempt[];
  private readonly blobs: BlobReader;
  private readonly options: ConvertOptions;

  constructor(tasks: readonly SearchTask[], blobs: BlobReader, options: ConvertOptions) {
    this.attempts = tasks.map((task): Attempt => ({
      task,
      queue: [...codecOrder(task.first, compressionWanted(task))],
      tried: [],
    }));
    this.blobs = blobs;
    this.options = options;
  }

  /** Layers that still have codecs to try, the smallest first. */
  open(): readonly Attempt[] {
    return this.attempts
      .filter(({ hit, queue }) => hit === undefined && queue.length > 0)
      .toSorted((a, b) => a.task.layer.descriptor.size - b.task.layer.descriptor.size);
  }

  /** Tries one more codec for each of the layers, all at once. */
  async tryNext(attempts: readonly Attempt[]): Promise<void> {
    const works = new Map<string, LayerWork>();
    const round = new Map<string, { readonly attempt: Attempt; readonly codec: string }>();
    for (const [index, attempt] of attempts.entries()) {
      const codec = attempt.queue.shift();
      if (codec === undefined) continue;
      attempt.tried.push(codec);
      const { layer, original } = attempt.task;
      if (
        original !== undefined &&
        !(await beginsAs(codec, layer.descriptor, original, this.blobs, this.options.signal))
      )
        continue;
      works.set(String(index), { layer, transform: transformOf(attempt.task, codec) });
      round.set(String(index), { attempt, codec });
    }
    const made = await convertLayers(works, this.blobs, this.options);
    for (const [key, { attempt, codec }] of round) {
      const result = made.get(key);
      if (result?.result.inner !== undefined) attempt.isVerified = true;
      const { digest, size } = attempt.task.target;
      if (result?.result.inner?.hex === encodedOf(digest) && result.result.inner.size === size) {
        attempt.hit = { codec, file: result.file };
        this.promote(codec);
      } else {
        await result?.file.discard();
      }
    }
  }

  private promote(codec: string): void {
    for (const { queue } of this.attempts) {
      const at = queue.indexOf(codec);
      if (at > 0) queue.unshift(...queue.splice(at, 1));
    }
  }

  async results(): Promise<readonly SearchResult[]> {
    const done = this.attempts.filter(({ hit, queue }) => hit !== undefined || queue.length === 0);
    for (const { task, isVerified } of done) {
      // Where every candidate was given up, nobody has seen the layer's end: that it is damaged would be the better answer.
      if (isVerified) continue;
      for await (const _ of verifiedBlobs(this.blobs).read(task.layer.descriptor, this.options.signal));
    }
    return done.map(({ task, hit, tried }) => ({ task, hit, tried }));
  }
}

/**
 * Looks for the codec that gives each layer the digest it had. Rounds of one codec a layer, all layers at once; what
 * succeeds for one layer is tried next for the others. Only equality of the digest counts. Where one failure is enough,
 * the smallest layer without a codec is searched to the end before the others go on.
 * @returns results in the order of the tasks
 * @throws {ToolError} BLOB_MISSING, SIZE_MISMATCH, DIGEST_MISMATCH, DIFFID_MISMATCH
 */
export const searchCodecs = async (
  tasks: readonly SearchTask[],
  blobs: BlobReader,
  { untilFailure = false, ...options }: SearchOptions,
): Promise<readonly SearchResult[]> => {
  const search = new Search(tasks, blobs, options);
  for (let open = search.open(); open.length > 0; open = search.open()) {
    await search.tryNext(open);
    const [smallest] = untilFailure ? search.open() : [];
    while (smallest !== undefined && smallest.hit === undefined && smallest.queue.length > 0)
      await search.tryNext([smallest]);
    if (smallest !== undefined && smallest.hit === undefined) break;
  }
  return search.results();
};
