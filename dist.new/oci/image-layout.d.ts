import type { JsonValue } from '../base/json-parse.js';
import { type Digest } from './digest.js';
/** Names inside an image layout. @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md */
export declare const LAYOUT_FILE = "oci-layout";
export declare const INDEX_FILE = "index.json";
export declare const BLOBS_DIRECTORY = "blobs";
export declare const LAYOUT_VERSION = "1.0.0";
export declare const blobPath: (digest: Digest) => string;
/** The digest that a path claims, if it is the path of a blob. */
export declare const digestOfBlobPath: (path: string) => Digest | undefined;
/** @throws {ToolError} LAYOUT_VERSION, SCHEMA_INVALID */
export declare const checkLayoutVersion: (value: JsonValue, subject: string) => void;
//# sourceMappingURL=image-layout.d.ts.map