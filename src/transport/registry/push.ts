import { eachAtOnce } from '../../base/concurrent.js';
import { ToolError } from '../../base/error.js';
import type { VerifiedBlobReader } from '../../content/blob.js';
import { type GraphNode, subjectOf } from '../../content/graph.js';
import type { Descriptor } from '../../oci/descriptor.js';
import type { Digest } from '../../oci/digest.js';
import { findBlob } from './blob.js';
import { linkByTag } from './link-referrer.js';
import { pushManifest, pushTag } from './push-manifest.js';
import type { PushPlan } from './push-plan.js';
import { type Repository, pushScope } from './repository.js';
import { uploadBlob } from './upload.js';

/** Blobs that go out at a time, and requests that only ask. */
const UPLOADS_AT_ONCE = 3;

/** How a referrer can be found from its subject. */
export interface LinkedReferrer {
  readonly digest: Digest;
  readonly subject: Digest;
  readonly linked: 'api' | 'tag';
}

/** What a push came to. */
export interface PushCount {
  /** Blobs that were there. */
  readonly present: number;
  /** Blobs that the registry took over from another of its repositories. */
  readonly mounted: number;
  readonly uploaded: number;
  /** Bytes of the uploaded blobs. */
  readonly bytes: number;
  readonly referrers: readonly LinkedReferrer[];
}

export interface PushOptions {
  readonly signal?: AbortSignal;
  readonly onBytes?: (bytes: number) => void;
  /** A repository of the same registry that has the blob, where one is known. */
  readonly mountFrom?: (digest: Digest) => string | undefined;
  readonly partSize?: number;
}

const isIncomplete = ({ manifest }: GraphNode, pushed: ReadonlyMap<Digest, GraphNode>): boolean =>
  manifest?.value.kind === 'index' && manifest.value.manifests.some(({ digest }) => !pushed.has(digest));

/** What a registry says of an index that lists what it does not have is seldom what the user has to know. */
const incompleteIndex = (error: unknown): unknown =>
  error instanceof ToolError && error.class === 'surroundings'
    ? new ToolError(error.code, error.what, {
        ...error.details,
        hint: 'not all images of the index are pushed, which many registries refuse: push all platforms, or name the image of one by its digest',
        cause: error,
      })
    : error;

class Push {
  readonly #repository: Repository;
  readonly #blobs: VerifiedBlobReader;
  readonly #options: PushOptions;
  readonly #count = { present: 0, mounted: 0, uploaded: 0, bytes: 0 };
  readonly #referrers: LinkedReferrer[] = [];

  constructor(repository: Repository, blobs: VerifiedBlobReader, options: PushOptions) {
    this.#repository = repository;
    this.#blobs = blobs;
    this.#options = options;
  }

  async run({ blobs, manifests, tags }: PushPlan): Promise<PushCount> {
    const { signal } = this.#options;
    await eachAtOnce(blobs, UPLOADS_AT_ONCE, (descriptor, own) => this.#blob(descriptor, own), signal);
    const byDigest = new Map(manifests.map((node) => [node.descriptor.digest, node]));
    for (const node of manifests) {
      await this.#manifest(node).catch((error: unknown) => {
        throw isIncomplete(node, byDigest) ? incompleteIndex(error) : error;
      });
    }
    for (const { tag, digest } of tags) {
      const node = byDigest.get(digest);
      if (node !== undefined) await pushTag(this.#repository, tag, node, signal);
    }
    return { ...this.#count, referrers: this.#referrers };
  }

  async #blob(descriptor: Descriptor, signal: AbortSignal): Promise<void> {
    const { onBytes, partSize, mountFrom } = this.#options;
    if (await findBlob(this.#repository, descriptor, [pushScope(this.#repository.path)], signal)) {
      this.#count.present++;
      onBytes?.(descriptor.size);
      return;
    }
    const from = mountFrom?.(descriptor.digest);
    const how = await uploadBlob(this.#repository, descriptor, this.#blobs, {
      signal,
      ...(onBytes === undefined ? {} : { onBytes }),
      ...(partSize === undefined ? {} : { partSize }),
      ...(from === undefined || from === this.#repository.path ? {} : { mountFrom: from }),
    });
    this.#count[how]++;
    if (how === 'uploaded') this.#count.bytes += descriptor.size;
    else onBytes?.(descriptor.size);
  }

  async #manifest(node: GraphNode): Promise<void> {
    const { signal } = this.#options;
    const linked = await pushManifest(this.#repository, node, signal);
    const subject = subjectOf(node)?.digest;
    if (subject === undefined) return;
    if (linked === 'not linked') await linkByTag(this.#repository, node, signal);
    const { digest } = node.descriptor;
    this.#referrers.push({ digest, subject, linked: linked === 'linked' ? 'api' : 'tag' });
  }
}

/**
 * Images into a repository: blobs, then manifests with what they list before them, then tags. Until the last step
 * nobody who goes by a tag sees anything of it; a push that was cut off is completed by another one, which sends only
 * what is not there.
 * @throws {ToolError} as the blob reader, `uploadBlob`, `pushManifest`, `linkByTag` and `pushTag`
 */
export const pushImages = (
  repository: Repository,
  plan: PushPlan,
  blobs: VerifiedBlobReader,
  options: PushOptions = {},
): Promise<PushCount> => new Push(repository, blobs, options).run(plan);
