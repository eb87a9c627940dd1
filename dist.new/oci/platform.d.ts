import type { Cursor } from './decode.js';
/**
 * What an image runs on, in Go's names. Empty strings where the source says nothing.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md#image-index-property-descriptions
 */
export interface Platform {
    readonly os: string;
    readonly architecture: string;
    readonly variant?: string;
    readonly osVersion?: string;
    readonly osFeatures?: readonly string[];
}
/** @throws {ToolError} SCHEMA_INVALID */
export declare const decodePlatform: (cursor: Cursor) => Platform;
/** One spelling for each platform: aliases resolved, variants that are the default of their architecture made explicit. */
export declare const normalizePlatform: (platform: Platform) => Platform;
/**
 * `OS/ARCHITECTURE[/VARIANT]`, as docker and podman take it; a bare architecture means linux.
 * @throws {ToolError} USAGE
 */
export declare const parsePlatform: (text: string) => Platform;
/** `linux/arm/v7`; `unknown/unknown` for an image that says nothing. */
export declare const formatPlatform: (platform: Platform) => string;
/** Equal after normalisation; a version of the operating system is compared only if it is asked for. */
export declare const matchesPlatform: (wanted: Platform, offered: Platform) => boolean;
//# sourceMappingURL=platform.d.ts.map