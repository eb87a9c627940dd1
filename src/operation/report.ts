import type { Note } from '../base/event.js';
import { compareBytes } from '../base/order.js';
import { type ContentGraph, type GraphRoot, imageParts, nodeOf } from '../content/graph.js';
import { nameText } from '../content/name.js';
import type { AbsentBlob } from '../format/plan.js';
import type { DigestChange, DroppedPart } from '../layer/replace.js';
import type { Digest } from '../oci/digest.js';
import { formatPlatform } from '../oci/platform.js';
import type { Receipt } from '../store/commit.js';
import type { EngineReceipt } from './engine-receipt.js';

/** An image in a report. @see schemas/report-parts.schema.json */
export interface ImageEntry {
  /** Sorted; empty for an unnamed image. */
  readonly names: readonly string[];
  /** Of the manifest or index. */
  readonly digest: Digest;
  readonly mediaType: string;
  /** The config's digest, for a single image. */
  readonly imageID?: Digest;
  /** `os/architecture[/variant]`, for a single image. */
  readonly platform?: string;
}

export const imageEntry = (graph: ContentGraph, root: GraphRoot): ImageEntry => {
  const parts = imageParts(graph, nodeOf(graph, root.descriptor.digest));
  return {
    names: root.names.map(nameText),
    digest: root.descriptor.digest,
    mediaType: root.descriptor.mediaType,
    ...(parts === undefined
      ? {}
      : { imageID: parts.config.descriptor.digest, platform: formatPlatform(parts.config.value.platform) }),
  };
};

/** All images of a graph: named ones by their first name, then the others, each by digest. */
export const imageEntries = (graph: ContentGraph): readonly ImageEntry[] =>
  graph.roots
    .map((root) => imageEntry(graph, root))
    .toSorted(
      (a, b) =>
        Number(a.names.length === 0) - Number(b.names.length === 0) ||
        compareBytes(a.names[0] ?? '', b.names[0] ?? '') ||
        compareBytes(a.digest, b.digest),
    );

interface TransferReport {
  readonly images: readonly ImageEntry[];
  /** Digests that are others now, and why. */
  readonly changes: readonly DigestChange[];
  /** What the result does not carry any more, and why. */
  readonly dropped: readonly DroppedPart[];
  /** Blobs that the images refer to and the result does not hold. */
  readonly absent: readonly AbsentBlob[];
  readonly notes: readonly Note[];
}

/** @see schemas/save-report.schema.json */
export interface SaveReport extends TransferReport {
  /** Path, or `-`. */
  readonly output: string;
  readonly profile: string;
  readonly archive: {
    /** Bytes. */
    readonly size: number;
    /** Hex; only where it was asked for. */
    readonly sha256?: string;
  };
  readonly mtime: number;
  readonly layers: 'keep' | 'none' | 'gzip' | 'restore';
  /** Path of the recipe that was written. */
  readonly recipe?: string;
}

/** What a store says about images that came into it. */
export interface StoreReceipt extends Receipt {
  /** Path of the store. */
  readonly path: string;
}

/** What a registry was sent. @see schemas/report-parts.schema.json */
export interface PushEntry {
  /** Blobs that the registry had. */
  readonly present: number;
  /** Blobs that it took over from another of its repositories. */
  readonly mounted: number;
  readonly uploaded: number;
  /** Bytes of the uploaded blobs. */
  readonly bytes: number;
  /** How each referrer can be found from its subject: by the registry's own list, or by the fallback tag. */
  readonly referrers: readonly { readonly digest: Digest; readonly subject: Digest; readonly linked: 'api' | 'tag' }[];
}

interface Pushed {
  /** Of a transfer to a registry. */
  readonly push?: PushEntry;
}

/** @see schemas/load-report.schema.json */
export interface LoadReport extends Omit<TransferReport, 'dropped'>, Pushed {
  readonly source: string;
  /** Absent for a list. */
  readonly destination?: string;
  /** Where the destination is the store. */
  readonly store?: StoreReceipt;
  /** Where the destination is an engine. */
  readonly engine?: EngineReceipt;
}

/** @see schemas/copy-report.schema.json */
export interface CopyReport extends TransferReport, Pushed {
  readonly source: string;
  readonly destination: string;
  /** Where the destination is the store. */
  readonly store?: StoreReceipt;
  /** Where the destination is an engine. */
  readonly engine?: EngineReceipt;
}

/** @see schemas/verify-report.schema.json */
export interface VerifyReport {
  /** True if no finding is an error. */
  readonly verified: boolean;
  readonly locations: readonly { readonly location: string; readonly images: readonly ImageEntry[] }[];
  readonly findings: readonly Note[];
}
