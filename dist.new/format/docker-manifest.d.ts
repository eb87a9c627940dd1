import { type ContentGraph } from '../content/graph.js';
import { type Platform } from '../oci/platform.js';
/**
 * CA-MANIFEST, the bytes of docker's `manifest.json`: one item for each image that Docker can load, by (first
 * RepoTag, config digest, manifest digest); an untagged image's first RepoTag counts as empty.
 */
export declare const dockerManifestDocument: (graph: ContentGraph, platform: Platform) => Uint8Array;
//# sourceMappingURL=docker-manifest.d.ts.map