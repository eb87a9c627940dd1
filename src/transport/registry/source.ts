import { memorySource, readAll } from '../../base/bytes.js';
import { eachAtOnce } from '../../base/concurrent.js';
import type { Note } from '../../base/event.js';
import { type BlobReader, withMemory } from '../../content/blob.js';
import { loadManifest } from '../../content/document.js';
import { childrenOf } from '../../content/graph.js';
import type { ImageSource, SourceRoot } from '../../content/image.js';
import { attestedBy, isRealPlatform } from '../../content/select-platform.js';
import type { Descriptor } from '../../oci/descriptor.js';
import type { Digest } from '../../oci/digest.js';
import type { Manifest } from '../../oci/manifest.js';
import { roleOf } from '../../oci/media-type.js';
import { type Platform, matchesPlatform } from '../../oci/platform.js';
import { findBlob, registryBlob } from './blob.js';
import { fetchManifest } from './manifest.js';
import { Referrers, type ReferrerList, tooManyReferrers } from './referrers.js';
import { type Repository, pullScope, repositoryName } from './repository.js';

/** Requests for documents at a time. */
const AT_ONCE = 6;

/** What of a repository is wanted. */
export interface RepositoryWish {
  /** Images of other platforms are not fetched, where an index tells them apart. Empty: all. */
  readonly platforms: readonly Platform[];
  /** Whether what refers to the images is wanted. */
  readonly referrers: boolean;
}

/** A document to look at. */
interface Visit {
  readonly descriptor: Descriptor;
  /** Indexes above it. */
  readonly depth: number;
  /** For a referrer: what it has to refer to. */
  readonly subject?: Digest;
  readonly from?: ReferrerList['from'];
}

const NOTHING: BlobReader = { open: async () => undefined };

const isDocument = ({ mediaType }: Descriptor): boolean => {
  const role = roleOf(mediaType);
  return role === 'index' || role === 'manifest' || role === 'artifact-manifest';
};

/** Reads the documents of images level by level, several at a time, so that the graph finds them in memory. */
class DocumentWalk {
  readonly documents = new Map<Digest, Uint8Array>();
  readonly notes: Note[] = [];
  /** What refers to the images, found on the way. */
  readonly referrers = new Map<Digest, Descriptor>();
  /** Manifests that were left out, or are not there. */
  readonly absent = new Set<Digest>();
  readonly #repository: Repository;
  readonly #wish: RepositoryWish;
  readonly #signal: AbortSignal | undefined;
  readonly #asked: Referrers;
  readonly #seen = new Set<Digest>();

  constructor(repository: Repository, wish: RepositoryWish, signal: AbortSignal | undefined) {
    this.#repository = repository;
    this.#wish = wish;
    this.#signal = signal;
    this.#asked = new Referrers(repository, signal);
  }

  async run(roots: readonly Descriptor[]): Promise<void> {
    let level: readonly Visit[] = roots.map((descriptor) => ({ descriptor, depth: 0 }));
    while (level.length > 0) {
      const found: (readonly Visit[])[] = level.map(() => []);
      const fresh = [...level.entries()].filter(([, visit]) => this.#isNew(visit));
      await eachAtOnce(
        fresh,
        AT_ONCE,
        async ([place, visit]) => {
          found[place] = await this.#visit(visit);
        },
        this.#signal,
      );
      level = found.flat();
    }
  }

  #isNew({ descriptor }: Visit): boolean {
    if (this.#seen.has(descriptor.digest) || this.#seen.size >= this.#repository.limits.nodes) return false;
    this.#seen.add(descriptor.digest);
    return true;
  }

  async #visit(visit: Visit): Promise<readonly Visit[]> {
    const { descriptor, depth } = visit;
    if (depth > this.#repository.limits.indexDepth) return [];
    if (!isDocument(descriptor)) {
      await this.#readConfig(descriptor);
      return [];
    }
    const manifest = await this.#manifest(descriptor);
    if (manifest === undefined) {
      if (visit.subject !== undefined) this.#note('BLOB_MISSING', 'a listed referrer is not there', descriptor, visit);
      return [];
    }
    if (visit.subject !== undefined) {
      if (manifest.subject?.digest !== visit.subject) {
        this.#note('SUBJECT_MISMATCH', 'what is listed as a referrer does not refer to the image', descriptor, visit);
        // Another list may name it rightly.
        this.#seen.delete(descriptor.digest);
        return [];
      }
      this.referrers.set(descriptor.digest, descriptor);
      if (this.referrers.size > this.#repository.limits.referrers)
        throw tooManyReferrers(this.#repository, visit.subject);
    }
    return [...this.#children(manifest, depth), ...(await this.#referrersOf(descriptor))];
  }

  #note(code: Note['code'], message: string, { digest }: Descriptor, { subject, from }: Visit): void {
    const expected = subject === undefined ? {} : { expected: `a referrer of ${subject}` };
    const found = `in the list of ${from === 'api' ? 'the registry' : 'the fallback tag'}`;
    this.notes.push({ code, severity: 'warning', message, subject: digest, ...expected, found });
  }

  async #manifest(descriptor: Descriptor): Promise<Manifest | undefined> {
    if (!this.documents.has(descriptor.digest)) {
      const fetched = await fetchManifest(this.#repository, descriptor.digest, this.#signal);
      if (fetched === undefined) {
        this.absent.add(descriptor.digest);
        return undefined;
      }
      this.documents.set(descriptor.digest, fetched.raw);
    }
    const blobs = withMemory(this.documents, NOTHING);
    return (await loadManifest(blobs, descriptor, this.#repository.limits)).value;
  }

  #children(manifest: Manifest, depth: number): readonly Visit[] {
    if (manifest.kind !== 'index') return childrenOf(manifest).map((descriptor) => ({ descriptor, depth }));
    const left = new Set<string>(
      manifest.manifests.filter((child) => this.#isOther(child)).map((child) => child.digest),
    );
    return manifest.manifests.flatMap((descriptor): readonly Visit[] => {
      if (!left.has(descriptor.digest) && !left.has(attestedBy(descriptor) ?? ''))
        return [{ descriptor, depth: depth + 1 }];
      this.absent.add(descriptor.digest);
      return [];
    });
  }

  /** True for an entry that says itself that it is for a platform that is not wanted. */
  #isOther({ platform }: Descriptor): boolean {
    const { platforms } = this.#wish;
    return (
      platforms.length > 0 && isRealPlatform(platform) && !platforms.some((wanted) => matchesPlatform(wanted, platform))
    );
  }

  async #referrersOf({ digest }: Descriptor): Promise<readonly Visit[]> {
    if (!this.#wish.referrers) return [];
    const { from, descriptors } = await this.#asked.of(digest);
    return descriptors.map((descriptor) => ({ descriptor, depth: 0, subject: digest, from }));
  }

  /** Configs are small, needed, and one request each. */
  async #readConfig(descriptor: Descriptor): Promise<void> {
    if (roleOf(descriptor.mediaType) !== 'config' || descriptor.size > this.#repository.limits.document) return;
    const stream = registryBlob(this.#repository, descriptor).read(undefined, this.#signal);
    const tooLarge = { code: 'SIZE_MISMATCH', subject: descriptor.digest } as const;
    this.documents.set(descriptor.digest, await readAll(stream, descriptor.size, tooLarge));
  }
}

const blobsOf = (repository: Repository, walk: DocumentWalk): BlobReader => ({
  open: async (descriptor) => {
    const { digest, mediaType, urls } = descriptor;
    const known = walk.documents.get(digest);
    if (known !== undefined) return memorySource(known, `${repositoryName(repository)}@${digest}`);
    if (walk.absent.has(digest)) return undefined;
    if (isDocument(descriptor) || roleOf(mediaType) === 'schema1') {
      const fetched = await fetchManifest(repository, digest);
      if (fetched === undefined) return undefined;
      walk.documents.set(digest, fetched.raw);
      return memorySource(fetched.raw, `${repositoryName(repository)}@${digest}`);
    }
    // What may lie elsewhere has to be asked for; everything else a registry has with its manifest.
    if (urls !== undefined && !(await findBlob(repository, descriptor, [pullScope(repository.path)]))) return undefined;
    return registryBlob(repository, descriptor);
  },
});

/**
 * Images of a repository. All documents are read, several at a time; layers are not. What refers to an image, an
 * index or an image of it counts if its manifest says so itself, and comes as a root without a name.
 * @throws {ToolError} as `fetchManifest`, `loadManifest` and `Referrers.of`
 */
export const openRepository = async (
  repository: Repository,
  roots: readonly SourceRoot[],
  wish: RepositoryWish,
  signal?: AbortSignal,
): Promise<ImageSource> => {
  const walk = new DocumentWalk(repository, wish, signal);
  await walk.run(roots.map(({ descriptor }) => descriptor));
  return {
    name: repositoryName(repository),
    kind: 'registry',
    roots: [...roots, ...[...walk.referrers.values()].map((descriptor): SourceRoot => ({ descriptor }))],
    blobs: blobsOf(repository, walk),
    notes: walk.notes,
    close: () => repository.host.close(),
  };
};
