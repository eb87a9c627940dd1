import type { Descriptor } from '../oci/descriptor.js';
import { type Platform } from '../oci/platform.js';
import { type ContentGraph } from './graph.js';
/** The platform of an entry of an index: what the descriptor says, else what the image's config says. */
export declare const platformOf: (graph: ContentGraph, descriptor: Descriptor) => Platform | undefined;
/** The digest of the entry that an attestation of BuildKit describes. */
export declare const attestedBy: (descriptor: Descriptor) => string | undefined;
/**
 * The images of some platforms. Indexes stay byte-exact; what belongs to other platforms only is marked `omitted`.
 * Attestations stay with the image they describe.
 * @throws {ToolError} PLATFORM_NOT_FOUND for a root that offers none of the platforms
 */
export declare const selectPlatforms: (graph: ContentGraph, wanted: readonly Platform[]) => ContentGraph;
//# sourceMappingURL=select-platform.d.ts.map