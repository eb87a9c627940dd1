import { ToolError } from '../../base/error.js';
import { type Digest, encodedOf, tryParseKnownDigest } from '../../oci/digest.js';
import { formatReference, tryParseReference } from '../../oci/reference.js';
import { nearNames } from '../../store/near.js';
import type { EngineImage } from '../../transport/engine/engine.js';
import type { EngineSnapshot } from './snapshot.js';

/** What somebody meant: a name, or an image as a whole by its digest or ID. */
export interface RemovalTarget {
  readonly text: string;
  readonly image: EngineImage;
  /** One of the names of the image. */
  readonly name?: string;
}

/** Shorter ones fit too much. */
const SHORTEST_ID = 4;

/** The text as a name; Podman's users leave `localhost/` out as well. */
const namesFor = (text: string, { kind }: EngineSnapshot): readonly string[] => {
  const reference = tryParseReference(text);
  if (reference === undefined) return [];
  const short = text.includes('/') ? undefined : tryParseReference(`localhost/${text}`);
  return [reference, ...(kind === 'podman' && short !== undefined ? [short] : [])].map(formatReference);
};

const byDigest = (text: string, { images }: EngineSnapshot): readonly RemovalTarget[] => {
  const reference = tryParseReference(text);
  if (reference?.digest === undefined) return [];
  const { tag, ...untagged } = reference;
  const full = formatReference(untagged);
  const found = images.filter(({ digests }) => digests.includes(full));
  if (tag === undefined) return found.map((image) => ({ text, image }));
  const { digest: _digest, ...tagged } = reference;
  const name = formatReference(tagged);
  return found.filter(({ names }) => names.includes(name)).map((image) => ({ text, image, name }));
};

const byID = (text: string, { images, aliases }: EngineSnapshot): readonly RemovalTarget[] => {
  const hex = text.replace(/^sha256:/, '');
  if (!/^[0-9a-f]+$/.test(hex) || hex.length < SHORTEST_ID || hex.length > 64) return [];
  const own = images.filter(({ id }) => encodedOf(id).startsWith(hex));
  const meant = tryParseKnownDigest(`sha256:${hex}`);
  const alias = meant === undefined ? undefined : aliases?.get(meant);
  return [...own, ...images.filter(({ id }) => id === alias && !own.some((image) => image.id === id))].map((image) => ({
    text,
    image,
  }));
};

const candidates = (text: string, snapshot: EngineSnapshot): readonly RemovalTarget[] => {
  if (text.includes('@')) return byDigest(text, snapshot);
  const named = namesFor(text, snapshot).flatMap((name) =>
    snapshot.images.filter(({ names }) => names.includes(name)).map((image) => ({ text, image, name })),
  );
  // A name that is also the beginning of an ID means the name, if both are one image.
  const others = byID(text, snapshot).filter(({ image }) => !named.some((target) => target.image.id === image.id));
  return [...named, ...others];
};

/**
 * What a text means: `NAME[:TAG]`, `NAME@DIGEST`, a digest, or an ID of at least four hex digits.
 * @returns nothing if no image is meant
 * @throws {ToolError} REFERENCE_AMBIGUOUS
 */
export const findTarget = (text: string, snapshot: EngineSnapshot): RemovalTarget | undefined => {
  const found = candidates(text, snapshot);
  if (found.length <= 1) return found[0];
  throw new ToolError('REFERENCE_AMBIGUOUS', 'fits several images', {
    subject: text,
    found: found.map(({ name, image }) => name ?? image.id).join(', '),
    hint: 'write the name with its host and tag, or the whole ID with sha256: before it',
  });
};

/** @throws {ToolError} REFERENCE_NOT_FOUND */
export const missingTarget = (text: string, { images }: EngineSnapshot): ToolError => {
  const names = images.flatMap((image) => image.names);
  const near = nearNames(text, names);
  return new ToolError('REFERENCE_NOT_FOUND', 'the engine has no such image', {
    subject: text,
    found: near.length === 0 ? `${names.length} other names` : near.join(', '),
    hint: near[0] === undefined ? 'ingot engine images shows what is there' : `did you mean ${near[0]}?`,
  });
};

/** A whole digest that is no ID of this engine may be what another engine calls an image. */
export const isForeignID = (text: string, snapshot: EngineSnapshot): Digest | undefined => {
  const digest = tryParseKnownDigest(text.startsWith('sha256:') ? text : `sha256:${text}`);
  return digest === undefined || byID(text, snapshot).length > 0 ? undefined : digest;
};
