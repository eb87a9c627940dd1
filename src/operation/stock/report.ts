import type { Note } from '../../base/event.js';
import type { ErrorCode } from '../../base/error-code.js';
import type { Digest } from '../../oci/digest.js';

/** @see schemas/images-report.schema.json */
export interface ImagesReport {
  /** Path of the store. */
  readonly store: string;
  /** When the list was made. */
  readonly at: string;
  readonly images: readonly ImageRow[];
  readonly notes: readonly Note[];
}

/** One line of the list: one name, an image without one, or, grouped, all names of one image ID. */
export interface ImageRow {
  readonly names: readonly string[];
  /** How many names the image has, whether or not they fit. */
  readonly nameCount: number;
  /** Of the manifest or index; grouped, of each that has the image ID. */
  readonly digests: readonly Digest[];
  readonly mediaType: string;
  readonly kind: 'image' | 'index' | 'artifact';
  readonly imageID?: Digest;
  readonly platforms: readonly string[];
  /** Bytes of all parts. */
  readonly size: number;
  /** As the image says. */
  readonly created?: string;
  /** When the store got it, and when the name was last moved. */
  readonly imported: string;
  readonly tagged?: string;
  /** Order in which the store got it. */
  readonly seq: number;
  /** Why it is listed: by its name, as an image that lost it, or as something that belongs to another image. */
  readonly reason: 'named' | 'dangling' | 'referrer';
  /** The name that a dangling image had, and the image that has it now. */
  readonly lastName?: string;
  readonly replacedBy?: Digest;
  /** What a referrer refers to. */
  readonly subject?: Digest;
  readonly pinned: boolean;
  readonly leased: boolean;
  /** Ids of leases of users that hold it. */
  readonly leases: readonly string[];
  readonly sparse: boolean;
  readonly source?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Why something was not done. `code` is of the table of errors. */
export interface Conflict {
  readonly kind: 'multiple-names' | 'leased' | 'pinned' | 'immutable' | 'name-taken';
  readonly code: ErrorCode;
  readonly subject: string;
  readonly digest: Digest;
  /** Names of the image, ids of leases: what stands in the way. */
  readonly by: readonly string[];
  readonly hint: string;
}

/** A name that was given, taken or moved. */
export interface NameChange {
  readonly name: string;
  readonly digest: Digest;
  /** What the name meant before. */
  readonly from?: Digest;
  readonly change: 'new' | 'moved' | 'same' | 'removed';
}

/** @see schemas/tag-report.schema.json */
export interface TagReport {
  readonly store: string;
  readonly dryRun: boolean;
  readonly names: readonly NameChange[];
  /** Images that have no name any more. */
  readonly dangling: readonly Digest[];
}

/** @see schemas/pin-report.schema.json */
export interface PinReport {
  readonly store: string;
  readonly pins: readonly {
    readonly subject: string;
    readonly digest: Digest;
    readonly pinned: boolean;
    readonly changed: boolean;
  }[];
}

/** An image that leaves the list. */
export interface RemovedImage {
  readonly digest: Digest;
  readonly names: readonly string[];
  readonly reason: string;
  /** It can be restored until then; absent for what goes at once. */
  readonly expires?: string;
}

/** @see schemas/rmi-report.schema.json */
export interface RmiReport {
  readonly store: string;
  readonly dryRun: boolean;
  /** Names taken from images that keep others. */
  readonly untagged: readonly NameChange[];
  readonly removed: readonly RemovedImage[];
  /** With one of these, nothing is removed. */
  readonly conflicts: readonly Conflict[];
  /** What was to be removed and is not there, where that is no error. */
  readonly missing: readonly string[];
}

/** What a collection takes, or would take. @see schemas/gc-report.schema.json */
export interface CollectionReport {
  readonly blobs: readonly { readonly digest: Digest; readonly size: number }[];
  /** Bytes that go with the blobs. */
  readonly bytes: number;
  /** Blobs that something needs, and those too young to go. */
  readonly live: number;
  readonly young: number;
  /** Directories of ended processes, leases that are over, temporary files. */
  readonly sessions: number;
  readonly leases: readonly string[];
  readonly temporary: number;
  /** Ids of trash records that have expired. */
  readonly trash: readonly string[];
}

export interface GcReport extends CollectionReport {
  readonly store: string;
  readonly dryRun: boolean;
}

/** @see schemas/prune-report.schema.json */
export interface PruneReport {
  readonly store: string;
  readonly dryRun: boolean;
  readonly removed: readonly RemovedImage[];
  /** Images that fit but stay, and why. */
  readonly kept: readonly Conflict[];
  readonly collection: CollectionReport;
}

/** @see schemas/lease-report.schema.json */
export interface LeaseReport {
  readonly store: string;
  readonly leases: readonly LeaseRow[];
}

export interface LeaseRow {
  readonly id: string;
  readonly kind: 'process' | 'user';
  readonly owner: string;
  readonly purpose: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly created: string;
  readonly expires: string;
  readonly live: boolean;
  readonly roots: readonly Digest[];
  readonly digests: readonly Digest[];
}

/** @see schemas/restore-report.schema.json */
export interface RestoreReport {
  readonly store: string;
  readonly dryRun: boolean;
  readonly restored: readonly { readonly digest: Digest; readonly names: readonly string[] }[];
}

/** What rests. @see schemas/trash-report.schema.json */
export interface TrashReport {
  readonly store: string;
  readonly trash: readonly {
    readonly id: string;
    readonly names: readonly string[];
    readonly digest: Digest;
    readonly removed: string;
    readonly expires: string;
    readonly by: string;
    readonly reason: string;
  }[];
}

/** @see schemas/df-report.schema.json */
export interface DfReport {
  readonly store: string;
  readonly logical: number;
  readonly total: number;
  readonly parts: Readonly<
    Record<
      'unique' | 'shared' | 'leased' | 'trash' | 'reclaimable' | 'temporary' | 'quarantine' | 'state' | 'other',
      number
    >
  >;
  readonly blobs: number;
  readonly images: readonly {
    readonly digest: Digest;
    readonly names: readonly string[];
    readonly size: number;
    readonly unique: number;
    readonly shared: number;
  }[];
}

/** @see schemas/fsck-report.schema.json */
export interface FsckReport {
  readonly store: string;
  /** True if no finding is an error, or all that are were put right. */
  readonly sound: boolean;
  readonly findings: readonly Note[];
  readonly repaired: readonly string[];
  readonly blobs: number;
  readonly bytes: number;
}

/** @see schemas/store-report.schema.json */
export interface StoreReport {
  readonly store: string;
  readonly format: number;
  readonly created: boolean;
  readonly settings: {
    readonly lock: 'ofd' | 'flock';
    readonly fsync: boolean;
    readonly grace: number;
    readonly trash: number;
    readonly lease: number;
    readonly immutable: readonly string[];
    readonly refName: 'full' | 'tag';
  };
  readonly names: number;
  readonly images: number;
  readonly leases: number;
  readonly resting: number;
}
