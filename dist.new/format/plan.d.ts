import { type ContentGraph } from '../content/graph.js';
import type { Descriptor } from '../oci/descriptor.js';
import { type Digest } from '../oci/digest.js';
import { type Profile, type ProfileSettings } from './profile.js';
/** Where an entry's content comes from: it is here, it is a blob, or there is none. */
export type EntryContent = {
    readonly from: 'memory';
    readonly bytes: Uint8Array;
} | {
    readonly from: 'blob';
    readonly descriptor: Descriptor;
} | {
    readonly from: 'nothing';
};
export interface PlanEntry {
    /** Directories end with `/`. */
    readonly path: string;
    readonly content: EntryContent;
    /** Bytes of content. */
    readonly size: number;
    /** Byte of the archive where the header begins. */
    readonly headerOffset: number;
    /** Byte of the archive where the content begins. */
    readonly offset: number;
}
/** A canonical archive before it is written: every entry, its place, and the exact size of the whole. */
export interface ArchivePlan {
    readonly profile: Profile;
    readonly settings: ProfileSettings;
    readonly entries: readonly PlanEntry[];
    /** Bytes of the whole archive, end mark included. */
    readonly size: number;
    /** Blobs that the images refer to and the archive does not hold, by digest. */
    readonly absent: readonly AbsentBlob[];
}
export interface AbsentBlob {
    readonly digest: Digest;
    readonly reason: 'missing' | 'foreign' | 'omitted';
}
export interface PlanOptions {
    /** Missing blobs are recorded instead of refused. */
    readonly allowSparse: boolean;
}
/** The header block (or blocks) of an entry. */
export declare const headerOf: (plan: ArchivePlan, entry: PlanEntry) => Uint8Array;
/**
 * The canonical archive of a graph. Pure: the same graph gives the same plan, whatever order its roots stand in.
 * @throws {ToolError} BLOB_MISSING unless sparse archives are allowed; REFERENCE_INVALID, NAME_CONFLICT; ARCHIVE_EMPTY
 */
export declare const planArchive: (graph: ContentGraph, profile: Profile, settings: ProfileSettings, options: PlanOptions) => ArchivePlan;
//# sourceMappingURL=plan.d.ts.map