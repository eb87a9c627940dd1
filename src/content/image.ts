import type { Note } from '../base/event.js';
import type { Descriptor } from '../oci/descriptor.js';
import type { BlobReader } from './blob.js';
import type { ImageName } from './name.js';

/** One entry of a place's list of images. The same descriptor may come several times, under other names. */
export interface SourceRoot {
  readonly descriptor: Descriptor;
  readonly name?: ImageName;
}

export type SourceKind = 'oci-layout' | 'docker-archive' | 'directory' | 'registry';

/** Images at a place, as found there. */
export interface ImageSource {
  /** How the place is named in errors. */
  readonly name: string;
  readonly kind: SourceKind;
  /** In stored order. */
  readonly roots: readonly SourceRoot[];
  readonly blobs: BlobReader;
  /** What was odd but does not stop the use. */
  readonly notes: readonly Note[];
  /** Digests of the blobs that are there, where the place can list them. */
  readonly stored?: readonly string[];
  close(): Promise<void>;
}
