import { ToolError } from '../base/error.js';
import { compareBytes } from '../base/order.js';
import { ANNOTATION } from '../oci/annotation.js';
import { type Reference, formatReference, isTag, parseReference, tryParseReference } from '../oci/reference.js';
import { tryParseKnownDigest } from '../oci/digest.js';

/**
 * What an image is called. A `reference` is a fully qualified name; a `label` is any other text that a layout gives
 * as `ref.name`, most often a bare tag. A `misnomer` had to be a reference and is none: it can be shown, chosen and
 * replaced, but no archive may carry it.
 */
export type ImageName =
  | { readonly kind: 'reference'; readonly reference: Reference }
  | { readonly kind: 'label' | 'misnomer'; readonly text: string };

/** The name as text: `docker.io/library/alpine:3`, or the label. */
export const nameText = (name: ImageName): string =>
  name.kind === 'reference' ? formatReference(name.reference) : name.text;

/** What stands in `org.opencontainers.image.ref.name`: the tag, else the whole name. */
export const refNameOf = (name: ImageName): string =>
  name.kind === 'reference' ? (name.reference.tag ?? formatReference(name.reference)) : name.text;

export const compareNames = (a: ImageName, b: ImageName): number => compareBytes(nameText(a), nameText(b));

/** Texts of ref.name. @see https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md#pre-defined-annotation-keys */
const REF_NAME = /^[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*(?:\/[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*)*$/;

/** A text that is a full reference, or else a label. A bare word is a label: it is a tag, not a repository. */
export const nameFromRefName = (text: string): ImageName => {
  const reference = /[/:@]/.test(text) ? tryParseReference(text) : undefined;
  return reference === undefined ? { kind: 'label', text } : { kind: 'reference', reference };
};

/** A name of docker's RepoTags: a familiar reference. */
export const nameFromRepoTag = (text: string): ImageName => {
  const reference = tryParseReference(text);
  return reference === undefined ? { kind: 'misnomer', text } : { kind: 'reference', reference };
};

/**
 * The name that an entry of `index.json` carries: `io.containerd.image.name` before `ref.name`. A bare digest, as
 * Kubernetes' runtimes keep beside the real names, is no name.
 */
export const nameFromAnnotations = (annotations: ReadonlyMap<string, string>): ImageName | undefined => {
  const [full, short] = [ANNOTATION.imageName, ANNOTATION.refName].map((key) => {
    const text = annotations.get(key);
    return text === undefined || text === '' || tryParseKnownDigest(text) !== undefined ? undefined : text;
  });
  const fullReference = full === undefined ? undefined : tryParseReference(full);
  if (fullReference !== undefined) return { kind: 'reference', reference: fullReference };
  const text = short ?? full;
  return text === undefined ? undefined : nameFromRefName(text);
};

/** @throws {ToolError} REFERENCE_INVALID for a name that no archive may carry */
export const checkName = (name: ImageName): void => {
  if (name.kind === 'reference' || (name.kind === 'label' && (REF_NAME.test(name.text) || isTag(name.text)))) return;
  // Throws with the reason why it is no reference, which is what most such texts were meant to be.
  parseReference(name.text, { subject: name.text });
  throw new ToolError('REFERENCE_INVALID', 'not a name that an archive can carry', { subject: name.text });
};
