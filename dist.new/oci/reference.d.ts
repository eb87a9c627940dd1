import { type ErrorDetails } from '../base/error.js';
import { type Digest } from './digest.js';
/**
 * The name of an image, normalised as Docker does.
 * @see https://github.com/distribution/reference/blob/v0.6.0/reference.go
 */
export interface Reference {
    /** Host and optional port, always present: `docker.io` where none was written. */
    readonly domain: string;
    /** Path below the domain: `library/alpine`. */
    readonly path: string;
    readonly tag?: string;
    readonly digest?: Digest;
}
export declare const isTag: (text: string) => boolean;
/**
 * Reads a reference and completes it: `alpine` becomes `docker.io/library/alpine:latest`, `localhost/x:1` stays. The
 * tag `latest` is added only where neither tag nor digest is given.
 * @throws {ToolError} REFERENCE_INVALID
 */
export declare const parseReference: (text: string, place?: ErrorDetails) => Reference;
export declare const tryParseReference: (text: string) => Reference | undefined;
/** The fully qualified form: `docker.io/library/alpine:latest`. */
export declare const formatReference: (reference: Reference) => string;
//# sourceMappingURL=reference.d.ts.map