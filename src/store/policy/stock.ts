import type { Digest } from '../../oci/digest.js';
import { formatReference } from '../../oci/reference.js';
import { nameFromRefName } from '../../content/name.js';

/** What is known about a name. Unknown times and numbers are absent, and what they decide about stays. */
export interface PolicyName {
  readonly name: string;
  /** Grows with every change of any name. */
  readonly seq?: number;
  /** Milliseconds since 1970: when the name was last moved. */
  readonly tagged?: number;
  /** Milliseconds since 1970: when the image came under the name. */
  readonly imported?: number;
  /** What keeps the name: a pin, or a setting of the store. */
  readonly held?: 'pinned' | 'immutable';
}

/** What is known about an image of the store. */
export interface PolicyImage {
  readonly digest: Digest;
  readonly names: readonly PolicyName[];
  /** Of the image, or of the images of an index. */
  readonly labels: Readonly<Record<string, string>>;
  readonly seq?: number;
  /** Milliseconds since 1970. */
  readonly imported?: number;
  /** Milliseconds since 1970: when it lost its last name. */
  readonly untagged?: number;
  readonly lastName?: string;
  /** Milliseconds since 1970: when it was last read. */
  readonly used?: number;
  /** What keeps the image whatever its names are. */
  readonly held?: 'pinned' | 'leased';
  /** What it refers to. */
  readonly subject?: Digest;
  /** Manifests that it contains, at any depth. */
  readonly contains: readonly Digest[];
  /** Its blobs with their bytes; empty where no limit asks. */
  readonly blobs: readonly (readonly [Digest, number])[];
}

/** Everything that a policy asks about. Plain values, so that decisions can be made without a store. */
export interface PolicyStock {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly images: readonly PolicyImage[];
  /** Bytes of the file system; where a limit asks. */
  readonly disk?: {
    readonly size: number;
    readonly free: number;
    /** Bytes that the trash and the collector will give back by themselves. */
    readonly pending: number;
  };
}

/** What is decided about: a name, or an image that has none. */
export interface Candidate {
  /** The name, or the digest. */
  readonly subject: string;
  readonly repo: string;
  /** Absent for an image without a name. */
  readonly tag?: string;
  readonly image: PolicyImage;
  readonly name?: PolicyName;
}

/**
 * Repository and tag of a name. A label, such as a layout gives its images, is a tag of nobody knows which repository; a
 * name with a digest instead of a tag has that.
 */
const partsOf = (text: string): { readonly repo: string; readonly tag: string } => {
  const name = nameFromRefName(text);
  if (name.kind !== 'reference') return { repo: '', tag: text };
  const { tag, digest, ...rest } = name.reference;
  return { repo: formatReference(rest), tag: tag ?? `@${digest ?? ''}` };
};

export const candidatesOf = (images: readonly PolicyImage[]): readonly Candidate[] =>
  images.flatMap((image): readonly Candidate[] =>
    image.names.length === 0
      ? [
          {
            subject: image.digest,
            repo: image.lastName === undefined ? '' : partsOf(image.lastName).repo,
            image,
          },
        ]
      : image.names.map((name) => ({ subject: name.name, ...partsOf(name.name), image, name })),
  );

/** Since when it is what it is: tagged, or without a tag. */
export const timeOf = ({ name, image }: Candidate): number | undefined =>
  name === undefined ? (image.untagged ?? image.imported) : name.tagged;

/** When somebody last needed it: to come is to be used. */
export const usedAt = ({ name, image }: Candidate): number | undefined => {
  const times = [image.used, name === undefined ? image.imported : name.imported].filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.max(...times);
};
