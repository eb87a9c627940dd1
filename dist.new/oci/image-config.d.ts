import type { JsonValue } from '../base/json-parse.js';
import type { Digest } from './digest.js';
import type { Platform } from './platform.js';
/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties */
export interface HistoryEntry {
    readonly created?: string;
    readonly createdBy?: string;
    readonly author?: string;
    readonly comment?: string;
    /** True for a step that made no layer. */
    readonly emptyLayer: boolean;
}
/**
 * The part of an image config that decides something here. Docker's configs hold `null` for many empty values, which
 * counts as absent.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md
 * @see https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md
 */
export interface ImageConfig {
    readonly platform: Platform;
    readonly created?: string;
    readonly author?: string;
    /** Digests of the uncompressed layers, base first. */
    readonly diffIDs: readonly Digest[];
    readonly history: readonly HistoryEntry[];
    readonly labels: ReadonlyMap<string, string>;
}
/** @throws {ToolError} CONFIG_INVALID, SCHEMA_INVALID, DIGEST_INVALID */
export declare const decodeImageConfig: (value: JsonValue, subject: string) => ImageConfig;
//# sourceMappingURL=image-config.d.ts.map