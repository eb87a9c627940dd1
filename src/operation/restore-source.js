import { ToolError } from '../base/error.js';
import { isJsonArray, isJsonObject } from '../base/json.js';
import { parseJson } from '../base/json-parse.js';
import { parseRecipe } from '../layer/recipe.js';
import { plainDescriptor } from '../oci/descriptor.js';
import { digestOf, tryParseDigest } from '../oci/digest.js';
import { decodeImageManifest } from '../oci/manifest.js';
import { MEDIA_TYPE } from '../oci/media-type.js';
import { isDirectory } from '../transport/directory.js';
import { openFileSource } from '../transport/file.js';
import { parseLocation } from './location.js';
import { parseLock } from './lock.js';
import { openLocation } from './open.js';
const NO_CODECS = new Map();
const targetsOfGraph = (graph) => [...graph.nodes.values()].flatMap(({ manifest }) => manifest?.value.kind === 'manifest' ? [{ manifest: { ...manifest, value: manifest.value }, codecs: NO_CODECS }] : []);
const addPinned = (pinned, lock) => {
    for (const image of Object.values(lock.images)) {
        for (const { digest, imageID } of [image, ...Object.values(image.platforms ?? {})]) {
            const manifest = tryParseDigest(digest);
            const key = imageID === undefined ? 'any' : tryParseDigest(imageID);
            if (manifest === undefined || key === undefined)
                continue;
            pinned.set(key, (pinned.get(key) ?? new Set()).add(manifest));
        }
    }
};
/** The text of a JSON file, or undefined for anything else, which is opened as images. */
const readJsonFile = async (path, context) => {
    const source = await openFileSource(path);
    try {
        const head = Buffer.from(await source.readAt(0, 64)).toString('latin1');
        if (!/^\s*\{/.test(head))
            return undefined;
        if (source.size > context.limits.topDocument) {
            throw new ToolError('LIMIT_METADATA', 'the document is larger than the limit', {
                subject: path,
                expected: `at most ${context.limits.topDocument} bytes`,
                found: `${source.size} bytes`,
            });
        }
        return await source.readAt(0, source.size);
    }
    finally {
        await source.close();
    }
};
const manifestTarget = (raw, path, context) => {
    const value = parseJson(raw, { subject: path, depth: context.limits.jsonDepth });
    const mediaType = isJsonObject(value) && typeof value['mediaType'] === 'string' ? value['mediaType'] : MEDIA_TYPE.manifest;
    const descriptor = plainDescriptor(mediaType, digestOf(raw), raw.length);
    return { manifest: { descriptor, raw, value: decodeImageManifest(value, descriptor, path) }, codecs: NO_CODECS };
};
/**
 * What `--manifest-from` names: the manifest itself, a recipe, a lock, or any location that holds the manifest (its
 * layers need not be there).
 * @throws {ToolError} RECIPE_INVALID, LOCK_INVALID, SCHEMA_INVALID, JSON_*, MANIFEST_MISMATCH for an index alone, and
 * as `openLocation`
 */
export const loadRestoreSources = async (texts, context) => {
    const targets = [];
    const pinned = new Map();
    for (const text of texts) {
        const location = parseLocation(text, context.pathExists);
        const raw = location.transport === 'auto' && !(await isDirectory(location.path)) ? await readJsonFile(location.path, context) : undefined;
        if (raw === undefined) {
            const opened = await openLocation(text, context);
            targets.push(...targetsOfGraph(opened.graph));
            await opened.close();
            continue;
        }
        const value = parseJson(raw, { subject: text, depth: context.limits.jsonDepth });
        const images = isJsonObject(value) ? value['images'] : undefined;
        if (isJsonArray(images)) {
            const recipe = await parseRecipe(raw, text, context.limits);
            for (const { manifest, layers } of recipe.images) {
                const known = layers.flatMap(({ digest, codec }) => (codec === undefined ? [] : [[digest, codec]]));
                targets.push({ manifest, codecs: new Map(known) });
            }
        }
        else if (isJsonObject(images)) {
            addPinned(pinned, await parseLock(raw, text, context.limits.jsonDepth));
        }
        else if (isJsonObject(value) && value['manifests'] !== undefined) {
            throw new ToolError('MANIFEST_MISMATCH', 'an index alone does not say what its images are made of', {
                subject: text,
                expected: 'an image manifest, a recipe, a lock, or a layout that holds the manifests',
                hint: 'give the manifest of the platform, or a layout of the index with its manifests',
            });
        }
        else {
            targets.push(manifestTarget(raw, text, context));
        }
    }
    return { targets, pinned };
};
