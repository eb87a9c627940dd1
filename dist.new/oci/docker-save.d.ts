import type { JsonValue } from '../base/json-parse.js';
/** The names that `docker save` gives to its documents. */
export declare const DOCKER_MANIFEST_FILE = "manifest.json";
export declare const REPOSITORIES_FILE = "repositories";
/**
 * One image of docker's `manifest.json`.
 * @see https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md#combined-image-json--filesystem-changeset-format
 */
export interface DockerSaveItem {
    /** Path of the image config inside the archive. */
    readonly config: string;
    /** As written: familiar names from Docker and containerd, full ones from others. */
    readonly repoTags: readonly string[];
    /** Paths of the layers inside the archive, base first, a repeated layer each time. */
    readonly layers: readonly string[];
}
/** True if the value looks like docker's manifest.json and not like another file of that name. */
export declare const isDockerSaveManifest: (value: JsonValue) => boolean;
/** @throws {ToolError} SCHEMA_INVALID, JSON_AMBIGUOUS_KEY */
export declare const decodeDockerSaveManifest: (value: JsonValue, subject: string, onKeyCase?: (found: string, pointer: string) => void) => readonly DockerSaveItem[];
//# sourceMappingURL=docker-save.d.ts.map