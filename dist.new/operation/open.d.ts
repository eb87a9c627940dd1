import type { ByteSource } from '../base/bytes.js';
import type { BlobReader } from '../content/blob.js';
import type { ContentGraph } from '../content/graph.js';
import type { ImageSource } from '../content/image.js';
import type { OperationContext } from './context.js';
import { type Location } from './location.js';
/** Images of a location, opened. */
export interface OpenedImages {
    readonly location: Location;
    readonly source: ImageSource;
    /** The images that are meant, with their referrers. */
    readonly graph: ContentGraph;
    /** All images of the place. */
    readonly whole: ContentGraph;
    readonly blobs: BlobReader;
    /** The archive as it is; undefined for a directory. */
    readonly file?: ByteSource;
    close(): Promise<void>;
}
/**
 * Opens what a location names and reads its documents, verified. Layers are not read, except compressed ones of a
 * docker-archive, for which nothing else vouches.
 * @throws {ToolError} LOCATION_INVALID, TRANSPORT_UNSUPPORTED, FILE_NOT_FOUND and other system errors, and whatever the
 * tar, the format and the documents can be refused for
 */
export declare const openLocation: (text: string, context: OperationContext) => Promise<OpenedImages>;
/** Opens several locations, in their order; all or none. @throws as {@link openLocation} */
export declare const openLocations: (texts: readonly string[], context: OperationContext) => Promise<readonly OpenedImages[]>;
//# sourceMappingURL=open.d.ts.map