import { type Descriptor } from '../oci/descriptor.js';
import type { ImageIndex, ImageManifest } from '../oci/manifest.js';
import type { Document } from './document.js';
/** A layer of an image whose manifest is made here. */
export interface SynthesisLayer {
    readonly descriptor: Pick<Descriptor, 'digest' | 'size'>;
    /** What the bytes are, by their content. */
    readonly compression: 'none' | 'gzip' | 'zstd';
}
type Annotations = ReadonlyMap<string, string>;
/**
 * The one rule for a manifest where the source has none, or where its layers are replaced: an OCI image manifest of
 * config and layers alone, RFC 8785, so that every tool's archive of one image leads to the same digest.
 */
export declare const synthesizeManifest: (config: Pick<Descriptor, 'digest' | 'size'>, layers: readonly SynthesisLayer[], annotations?: Annotations) => Document<ImageManifest>;
/**
 * The index above replaced manifests: the same children in the same order with what identifies them, their platform,
 * and the two annotations by which an attestation names its image.
 */
export declare const synthesizeIndex: (manifests: readonly Descriptor[], annotations?: Annotations) => Document<ImageIndex>;
/** Of a child's annotations, those that bind an attestation to its image. */
export declare const REFERENCE_ANNOTATIONS: readonly string[];
export {};
//# sourceMappingURL=synthesis.d.ts.map