import { type ContentGraph } from '../content/graph.js';
import { type ImageName } from '../content/name.js';
import type { Descriptor } from '../oci/descriptor.js';
interface IndexEntry {
    readonly descriptor: Descriptor;
    readonly name?: ImageName;
}
/** CA-LAYOUT */
export declare const layoutDocument: () => Uint8Array;
/**
 * CA-INDEX: one descriptor for each name by (name, digest), then unnamed images, then referrers, each by digest.
 * @throws {ToolError} REFERENCE_INVALID, NAME_CONFLICT
 */
export declare const indexEntries: (graph: ContentGraph) => readonly IndexEntry[];
/** The bytes of `index.json`. @throws as {@link indexEntries} */
export declare const indexDocument: (graph: ContentGraph) => Uint8Array;
export {};
//# sourceMappingURL=canonical-index.d.ts.map