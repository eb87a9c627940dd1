import type { Limits } from '../base/limits.js';
/**
 * The index of a layout with more images in it. Entries of other tools stay as they are; one whose name is taken over
 * stays without it, as skopeo has it, so nothing is lost. Sorted by (name, digest), unnamed entries last.
 * @param existing bytes of the present `index.json`, undefined for a new layout
 * @param added bytes of a canonical `index.json`
 * @throws {ToolError} DESTINATION_UNFIT, JSON_*
 */
export declare const extendIndex: (existing: Uint8Array | undefined, added: Uint8Array, subject: string, limits: Limits) => Uint8Array;
//# sourceMappingURL=layout-index.d.ts.map