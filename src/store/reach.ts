import { ToolError } from '../base/error.js';
import { type JsonObject, type JsonValue, isJsonArray, isJsonObject } from '../base/json.js';
import { parseJson } from '../base/json-parse.js';
import type { Limits } from '../base/limits.js';
import { type Digest, tryParseDigest } from '../oci/digest.js';
import { type BlobRole, roleOf } from '../oci/media-type.js';
import { breathe, findBlob, readDocument } from './content.js';
import type { StorePaths } from './path.js';

/** A digest that a document names. */
export interface Link {
  readonly digest: Digest;
  /** '' where the document does not say. */
  readonly mediaType: string;
  /** What the document refers to without containing it. */
  readonly isSubject?: boolean;
}

/** Where a walk begins. Its document must be there; of what it leads to, parts may be absent. */
export interface ReachRoot extends Link {
  /** What the root is for, in errors. */
  readonly owner: string;
}

const LEAVES: ReadonlySet<BlobRole> = new Set<BlobRole>(['layer', 'config']);
const MANIFESTS: ReadonlySet<BlobRole> = new Set<BlobRole>(['index', 'manifest', 'artifact-manifest', 'schema1']);

/**
 * Every digest that stands anywhere in a document as a member `digest` or `blobSum`. Manifests of all kinds name
 * their parts so, and so does what will be invented.
 */
export const linksOf = (value: JsonValue): readonly Link[] => {
  const links: Link[] = [];
  const visit = (place: JsonValue, isSubject: boolean): void => {
    if (isJsonArray(place)) place.forEach((item) => visit(item, isSubject));
    if (!isJsonObject(place)) return;
    const object: JsonObject = place;
    const text = object['digest'] ?? object['blobSum'];
    const digest = typeof text === 'string' ? tryParseDigest(text) : undefined;
    const mediaType = object['mediaType'];
    if (digest !== undefined)
      links.push({ digest, mediaType: typeof mediaType === 'string' ? mediaType : '', isSubject });
    for (const [key, member] of Object.entries(object))
      visit(member, isSubject || (place === value && key === 'subject'));
  };
  visit(value, false);
  return links;
};

const BRACES: ReadonlySet<number> = new Set([0x7b, 0x5b]);
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

const looksLikeJson = (bytes: Uint8Array): boolean => {
  const first = bytes.find((byte) => !SPACES.has(byte));
  return first !== undefined && BRACES.has(first);
};

const DIGESTS = /\b(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})\b/g;

/** All that looks like a digest, for what cannot be read for sure: rather too much is kept than too little. */
const linksInText = (bytes: Uint8Array): readonly Link[] =>
  [...Buffer.from(bytes).toString('latin1').matchAll(DIGESTS)].flatMap(([text]) => {
    const digest = tryParseDigest(text);
    return digest === undefined ? [] : [{ digest, mediaType: '' }];
  });

const NO_LINKS: readonly Link[] = [];

/** Documents read before others may run. */
const YIELD = 500;

/**
 * What leads where among the stored blobs. Each document is read and verified once. Layers and image configs lead
 * nowhere; whatever else there is, known or not, is searched for digests.
 */
export class Reach {
  readonly #paths: StorePaths;
  readonly #limits: Limits;
  readonly #signal: AbortSignal | undefined;
  readonly #remembered: (digest: Digest) => readonly Link[] | undefined;
  readonly #links = new Map<Digest, readonly Link[]>();
  #reads = 0;

  /** @param remembered links of documents that are known to be there and need not be read */
  constructor(
    paths: StorePaths,
    limits: Limits,
    signal?: AbortSignal,
    remembered: (digest: Digest) => readonly Link[] | undefined = () => undefined,
  ) {
    this.#paths = paths;
    this.#limits = limits;
    this.#signal = signal;
    this.#remembered = remembered;
  }

  /** Documents that were met so far, and where they lead. */
  get links(): ReadonlyMap<Digest, readonly Link[]> {
    return this.#links;
  }

  /** Documents that were read for that. */
  get reads(): number {
    return this.#reads;
  }

  /** Undefined if the blob is not there. @throws {ToolError} BLOB_CORRUPT, STORE_TAMPERED, JSON_*; system errors */
  async linksFrom({ digest, mediaType }: Link): Promise<readonly Link[] | undefined> {
    const role = roleOf(mediaType);
    if (LEAVES.has(role)) return NO_LINKS;
    const known = this.#links.get(digest) ?? this.#remembered(digest);
    if (known !== undefined) {
      this.#links.set(digest, known);
      return known;
    }
    this.#reads += 1;
    if (this.#reads % YIELD === 0) {
      await breathe();
      this.#signal?.throwIfAborted();
    }
    const blob = findBlob(this.#paths, digest);
    const links = blob === undefined ? undefined : this.#read(digest, blob.size, MANIFESTS.has(role));
    if (links !== undefined) this.#links.set(digest, links);
    return links;
  }

  #read(digest: Digest, size: number, isManifest: boolean): readonly Link[] | undefined {
    if (size > this.#limits.document) {
      if (!isManifest) return NO_LINKS;
      throw new ToolError('LIMIT_METADATA', 'a stored manifest is larger than the limit', {
        subject: digest,
        expected: `at most ${this.#limits.document} bytes`,
        found: `${size} bytes`,
      });
    }
    const bytes = readDocument(this.#paths, digest);
    if (bytes === undefined) return undefined;
    if (!isManifest && !looksLikeJson(bytes)) return NO_LINKS;
    let isAmbiguous = false;
    try {
      const onDuplicateKey = (): void => {
        isAmbiguous = true;
      };
      const value = parseJson(bytes, { subject: digest, depth: this.#limits.jsonDepth, onDuplicateKey });
      return isAmbiguous ? [...linksOf(value), ...linksInText(bytes)] : linksOf(value);
    } catch (error) {
      if (isManifest || !(error instanceof ToolError) || error.class !== 'input') throw error;
      return linksInText(bytes);
    }
  }

  /**
   * All digests that can be reached, the roots included, whether their blobs are there or not.
   * @param subjects whether what a document refers to counts, or only what it contains
   * @throws {ToolError} BLOB_MISSING for a root, since nobody can know what it leads to; as {@link linksFrom}
   */
  async from(
    roots: Iterable<ReachRoot>,
    subjects: 'with subjects' | 'without subjects' = 'with subjects',
  ): Promise<ReadonlySet<Digest>> {
    const live = new Set<Digest>();
    // A digest may be met as a layer first and as a document later.
    const followed = new Set<Digest>();
    const follow = async (link: Link, queue: Link[]): Promise<boolean> => {
      live.add(link.digest);
      if (followed.has(link.digest) || LEAVES.has(roleOf(link.mediaType))) return true;
      const links = await this.linksFrom(link);
      if (links === undefined) return false;
      followed.add(link.digest);
      for (const next of links) if (subjects === 'with subjects' || next.isSubject !== true) queue.push(next);
      return true;
    };
    for (const root of roots) {
      const queue: Link[] = [];
      if (!(await follow(root, queue))) {
        throw new ToolError('BLOB_MISSING', 'a document that the store refers to is not there', {
          subject: root.digest,
          found: `nothing, for ${root.owner}`,
          hint: 'run ingot fsck --repair, or load the image again',
        });
      }
      // The queue grows while it is read; a digest is followed once.
      for (const link of queue) await follow(link, queue);
    }
    return live;
  }
}
