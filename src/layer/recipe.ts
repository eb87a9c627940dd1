import { canonicalJson } from '../base/json-canonical.js';
import { ToolError } from '../base/error.js';
import { parseJson } from '../base/json-parse.js';
import type { Limits } from '../base/limits.js';
import { compareCodeUnits } from '../base/order.js';
import { loadValidator } from '../base/schema.js';
import type { Document } from '../content/document.js';
import { plainDescriptor } from '../oci/descriptor.js';
import { type Digest, digestOf, parseDigest } from '../oci/digest.js';
import { type ImageManifest, decodeImageManifest } from '../oci/manifest.js';
import { roleOf } from '../oci/media-type.js';

/** How one layer was compressed. */
export interface RecipeLayer {
  readonly diffID: Digest;
  readonly digest: Digest;
  /** Bytes as compressed. */
  readonly size: number;
  /** The pinned codec that gives the digest; absent where the layer is stored uncompressed or none does. */
  readonly codec?: string;
}

/** How one image's manifest and layers are made from its config and uncompressed layers. */
export interface RecipeImage {
  /** Digest of the config. */
  readonly imageID: Digest;
  readonly manifest: Document<ImageManifest>;
  /** Base first, one for each layer of the manifest. */
  readonly layers: readonly RecipeLayer[];
}

/**
 * What it takes to give images the digests back that a registry knew them by. Small, without times, the same for the
 * same images. @see schemas/recipe.schema.json
 */
export interface Recipe {
  readonly images: readonly RecipeImage[];
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The recipe as a file: RFC 8785 and a newline, images by manifest digest. */
export const recipeBytes = (recipe: Recipe): Uint8Array => {
  const images = [...new Map(recipe.images.map((image) => [image.manifest.descriptor.digest, image])).values()];
  const document = canonicalJson({
    version: 1,
    images: images
      .toSorted((a, b) => compareCodeUnits(a.manifest.descriptor.digest, b.manifest.descriptor.digest))
      .map(({ imageID, manifest, layers }) => ({
        imageID,
        manifest: {
          mediaType: manifest.descriptor.mediaType,
          digest: manifest.descriptor.digest,
          size: manifest.descriptor.size,
          data: base64(manifest.raw),
        },
        layers: layers.map((layer) => ({ ...layer })),
      })),
  });
  return Buffer.concat([document, Buffer.from('\n')]);
};

/** The shape that the schema has checked. */
interface RecipeJson {
  readonly images: readonly {
    readonly imageID: string;
    readonly manifest: {
      readonly mediaType: string;
      readonly digest: string;
      readonly size: number;
      readonly data: string;
    };
    readonly layers: readonly {
      readonly diffID: string;
      readonly digest: string;
      readonly size: number;
      readonly codec?: string;
    }[];
  }[];
}

const invalid = (subject: string, pointer: string, what: string, expected: string, found: string): ToolError =>
  new ToolError('RECIPE_INVALID', what, {
    subject,
    pointer,
    expected,
    found,
    hint: 'make a new one with: ingot recipe ARCHIVE -o FILE',
  });

const decodeImage = (
  image: RecipeJson['images'][number],
  pointer: string,
  subject: string,
  limits: Limits,
): RecipeImage => {
  const { mediaType, size } = image.manifest;
  if (roleOf(mediaType) !== 'manifest') {
    throw invalid(
      subject,
      `${pointer}/manifest/mediaType`,
      'not the manifest of an image',
      'the media type of one',
      mediaType,
    );
  }
  const raw = new Uint8Array(Buffer.from(image.manifest.data, 'base64'));
  const digest = parseDigest(image.manifest.digest);
  const found = digestOf(raw);
  if (found !== digest || raw.length !== size) {
    const what = 'the manifest is not the one that its digest and size name';
    throw invalid(subject, `${pointer}/manifest`, what, `${digest}, ${size} bytes`, `${found}, ${raw.length} bytes`);
  }
  const descriptor = plainDescriptor(mediaType, digest, raw.length);
  const value = decodeImageManifest(parseJson(raw, { subject: digest, depth: limits.jsonDepth }), descriptor, digest);
  const layers = image.layers.map(({ codec, ...layer }): RecipeLayer => ({
    diffID: parseDigest(layer.diffID),
    digest: parseDigest(layer.digest),
    size: layer.size,
    ...(codec === undefined ? {} : { codec }),
  }));
  const parts = (list: readonly Pick<RecipeLayer, 'digest' | 'size'>[]): string =>
    list.map((part) => `${part.digest} ${part.size}`).join(' ');
  const listed = parts(value.layers);
  const given = parts(layers);
  if (value.config.digest !== image.imageID || listed !== given) {
    throw invalid(
      subject,
      pointer,
      'the parts of the recipe are not those of its manifest',
      `${value.config.digest} with ${value.layers.length} layers`,
      `${image.imageID} with ${layers.length} layers, or others`,
    );
  }
  return { imageID: parseDigest(image.imageID), manifest: { descriptor, raw, value }, layers };
};

/** @throws {ToolError} RECIPE_INVALID, JSON_* */
export const parseRecipe = async (bytes: Uint8Array, subject: string, limits: Limits): Promise<Recipe> => {
  const value = parseJson(bytes, { subject, depth: limits.jsonDepth });
  const [issue] = (await loadValidator('recipe'))(value);
  if (issue !== undefined) throw invalid(subject, issue.pointer, 'not a recipe', issue.expected, issue.found);
  const { images } = value as unknown as RecipeJson;
  return { images: images.map((image, index) => decodeImage(image, `/images/${index}`, subject, limits)) };
};
