import type { Document } from '../content/document.js';
import { type ContentGraph } from '../content/graph.js';
import type { Digest } from '../oci/digest.js';
import type { Manifest } from '../oci/manifest.js';
/** A digest that is another one now. */
export interface DigestChange {
    readonly from: Digest;
    readonly to: Digest;
    readonly reason: string;
}
/** Something that the result does not have any more. */
export interface DroppedPart {
    readonly subject: Digest;
    readonly reason: string;
}
export interface ReplacementReport {
    readonly changes: readonly DigestChange[];
    readonly dropped: readonly DroppedPart[];
}
export interface ReplacedGraph extends ReplacementReport {
    readonly graph: ContentGraph;
    /** Bytes of the documents made here. */
    readonly documents: ReadonlyMap<Digest, Uint8Array>;
}
export interface ReplaceOptions {
    readonly keepAnnotations: boolean;
    /** Why the manifests were replaced, for the report. */
    readonly reason: string;
}
/**
 * The graph with some manifests replaced: the indexes above them are made anew, names follow, referrers of what is
 * gone are dropped and listed.
 */
export declare const replaceManifests: (graph: ContentGraph, replacements: ReadonlyMap<Digest, Document<Manifest>>, options: ReplaceOptions) => ReplacedGraph;
//# sourceMappingURL=replace.d.ts.map