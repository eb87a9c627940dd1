import { canonicalJson } from '../base/json-canonical.js';
import { ToolError } from '../base/error.js';
import { parseJson } from '../base/json-parse.js';
import { compareCodeUnits } from '../base/order.js';
import { loadValidator } from '../base/schema.js';
import { plainDescriptor } from '../oci/descriptor.js';
import { digestOf, parseDigest } from '../oci/digest.js';
import { decodeImageManifest } from '../oci/manifest.js';
const base64 = (bytes) => Buffer.from(bytes).toString('base64');
/** The recipe as a file: RFC 8785 and a newline, images by manifest digest. */
export const recipeBytes = (recipe) => {
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
const invalid = (subject, pointer, what, expected, found) => new ToolError('RECIPE_INVALID', what, {
    subject,
    pointer,
    expected,
    found,
    hint: 'make a new one with: ingot recipe ARCHIVE -o FILE',
});
const decodeImage = (image, pointer, subject, limits) => {
    const raw = new Uint8Array(Buffer.from(image.manifest.data, 'base64'));
    const digest = parseDigest(image.manifest.digest);
    const found = digestOf(raw);
    if (found !== digest) {
        throw invalid(subject, `${pointer}/manifest`, 'the manifest is not the one that its digest names', digest, found);
    }
    const descriptor = plainDescriptor(image.manifest.mediaType, digest, raw.length);
    const value = decodeImageManifest(parseJson(raw, { subject: digest, depth: limits.jsonDepth }), descriptor, digest);
    const layers = image.layers.map(({ codec, ...layer }) => ({
        diffID: parseDigest(layer.diffID),
        digest: parseDigest(layer.digest),
        size: layer.size,
        ...(codec === undefined ? {} : { codec }),
    }));
    const listed = value.layers.map((layer) => layer.digest).join(' ');
    const given = layers.map((layer) => layer.digest).join(' ');
    if (value.config.digest !== image.imageID || listed !== given) {
        throw invalid(subject, pointer, 'the parts of the recipe are not those of its manifest', `${value.config.digest} with ${value.layers.length} layers`, `${image.imageID} with ${layers.length} layers, or others`);
    }
    return { imageID: parseDigest(image.imageID), manifest: { descriptor, raw, value }, layers };
};
/** @throws {ToolError} RECIPE_INVALID, JSON_* */
export const parseRecipe = async (bytes, subject, limits) => {
    const value = parseJson(bytes, { subject, depth: limits.jsonDepth });
    const [issue] = (await loadValidator('recipe'))(value);
    if (issue !== undefined)
        throw invalid(subject, issue.pointer, 'not a recipe', issue.expected, issue.found);
    const { images } = value;
    return { images: images.map((image, index) => decodeImage(image, `/images/${index}`, subject, limits)) };
};
