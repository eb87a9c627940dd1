import { type Reference } from '../oci/reference.js';
/**
 * What an image is called. A `reference` is a fully qualified name; a `label` is any other text that a layout gives
 * as `ref.name`, most often a bare tag.
 */
export type ImageName = {
    readonly kind: 'reference';
    readonly reference: Reference;
} | {
    readonly kind: 'label';
    readonly text: string;
};
/** The name as text: `docker.io/library/alpine:3`, or the label. */
export declare const nameText: (name: ImageName) => string;
/** What stands in `org.opencontainers.image.ref.name`: the tag, else the whole name. */
export declare const refNameOf: (name: ImageName) => string;
export declare const compareNames: (a: ImageName, b: ImageName) => number;
/** A text that is a full reference, or else a label. A bare word is a label: it is a tag, not a repository. */
export declare const nameFromRefName: (text: string) => ImageName;
/** A name of docker's RepoTags: a familiar reference. */
export declare const nameFromRepoTag: (text: string) => ImageName;
/**
 * The name that an entry of `index.json` carries: `io.containerd.image.name` before `ref.name`. A bare digest, as
 * Kubernetes' runtimes keep beside the real names, is no name.
 */
export declare const nameFromAnnotations: (annotations: ReadonlyMap<string, string>) => ImageName | undefined;
/** @throws {ToolError} REFERENCE_INVALID for a name that no archive may carry */
export declare const checkName: (name: ImageName) => void;
//# sourceMappingURL=name.d.ts.map