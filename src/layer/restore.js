import { ToolError, invariant } from '../base/error.js';
import { withMemory } from '../content/blob.js';
import { synthesizeManifest } from '../content/synthesis.js';
import { plainDescriptor } from '../oci/descriptor.js';
import { layerCompressionOf, layerMediaType } from '../oci/media-type.js';
import { searchCodecs } from './codec-search.js';
import { convertLayers, decompression, imagesFor, layerKey, layersOf } from './convert.js';
import { leftAsItIs, withFiles } from './decompress.js';
import { replaceManifests } from './replace.js';
const mismatch = (parts, targets) => new ToolError('MANIFEST_MISMATCH', 'no given manifest is that of the image', {
    subject: parts.config.descriptor.digest,
    expected: `a manifest with this config and ${parts.layers.length} layers`,
    found: targets.map(({ manifest }) => `${manifest.descriptor.digest} with config ${manifest.value.config.digest}`).join(', ') || 'none',
    hint: 'give the manifest that the image was pulled by; Podman and skopeo change the config when they convert an image to OCI, and then it is another image',
});
const targetFor = (parts, targets) => targets.find(({ manifest }) => manifest.value.config.digest === parts.config.descriptor.digest && manifest.value.layers.length === parts.layers.length);
/** Layers of an image beside the layers they are to become. */
const pairsOf = ({ parts, target }) => layersOf(parts).flatMap((layer, index) => {
    const wanted = target.manifest.value.layers[index];
    if (wanted === undefined)
        return [];
    const codec = target.codecs.get(wanted.digest);
    return [{ layer, task: { layer, target: wanted, first: codec === undefined ? [] : [codec] } }];
});
const taskKey = (task) => `${task.layer.diffID} ${task.target.digest}`;
/** Compressed layers that are to become others are decompressed first. */
const plainForms = async (layers, blobs, options) => {
    const pending = new Map();
    for (const layer of layers) {
        if (layer.descriptor.digest !== layer.diffID)
            pending.set(layerKey(layer), await decompression(layer, blobs));
    }
    const converted = await convertLayers(pending, blobs, options);
    const files = new Map();
    for (const [key, { layer }] of pending) {
        const made = converted.get(key);
        if (made !== undefined)
            files.set(layer.diffID, made.file);
    }
    return {
        blobs: withFiles(files, blobs),
        plain: (layer) => {
            const size = converted.get(layerKey(layer))?.result.inner?.size;
            return size === undefined ? layer : { ...layer, descriptor: plainDescriptor(layerMediaType('none'), layer.diffID, size) };
        },
    };
};
const unrestorable = ({ task, tried }) => new ToolError('LAYER_UNRESTORABLE', 'no known codec gives the layer its digest back', {
    subject: task.layer.diffID,
    expected: task.target.digest,
    found: `not ${tried.join(', ')}`,
    hint: 'keep what can be restored with --restore-best-effort, or save from a place that still has the compressed layers',
});
const recipeImage = ({ parts, target }, hits) => ({
    imageID: parts.config.descriptor.digest,
    manifest: target.manifest,
    layers: pairsOf({ parts, target }).map(({ layer, task }) => {
        const codec = hits.get(taskKey(task))?.hit?.codec ?? target.codecs.get(task.target.digest);
        const stored = task.target.digest === layer.diffID;
        return {
            diffID: layer.diffID,
            digest: task.target.digest,
            size: task.target.size,
            ...(codec === undefined || stored ? {} : { codec }),
        };
    }),
});
/**
 * `--layers restore`: the manifests that images were pulled by, and the compressed layers that those name, made again
 * from config and uncompressed layers. Nothing is believed but digests: a layer counts as restored when its bytes hash
 * to what the manifest says, an image when all of its layers do.
 * @throws {ToolError} MANIFEST_MISMATCH, LAYER_UNRESTORABLE (neither with `bestEffort`), and what decompression throws
 */
export const restoreLayers = async (graph, blobs, options) => {
    const { convertible, others } = imagesFor(graph);
    const notes = others.map(leftAsItIs);
    const works = [];
    for (const parts of convertible) {
        const target = targetFor(parts, options.targets);
        if (target !== undefined)
            works.push({ parts, target });
        else if (!options.bestEffort)
            throw mismatch(parts, options.targets);
        else
            notes.push({ code: 'MANIFEST_MISMATCH', severity: 'warning', message: mismatch(parts, []).what, subject: parts.config.descriptor.digest });
    }
    const pairs = works.flatMap(pairsOf).filter(({ layer, task }) => layer.descriptor.digest !== task.target.digest);
    const { blobs: plainBlobs, plain } = await plainForms(pairs.map(({ layer }) => layer), blobs, options);
    const tasks = new Map();
    for (const { task } of pairs) {
        // A target that is uncompressed is the plain form itself.
        if (task.target.digest !== task.layer.diffID)
            tasks.set(taskKey(task), { ...task, layer: plain(task.layer) });
    }
    const results = await searchCodecs([...tasks.values()], plainBlobs, options);
    const hits = new Map([...tasks.keys()].map((key, index) => {
        const result = results[index];
        invariant(result !== undefined, 'a layer without a search result');
        return [key, result];
    }));
    const files = new Map();
    for (const { task, hit } of results)
        if (hit !== undefined)
            files.set(task.target.digest, hit.file);
    const replacements = new Map();
    const recipe = [];
    for (const work of works) {
        const failures = pairsOf(work).flatMap(({ task }) => {
            const result = hits.get(taskKey(task));
            return result !== undefined && result.hit === undefined ? [result] : [];
        });
        const [failure] = failures;
        if (failure === undefined) {
            replacements.set(work.parts.node.descriptor.digest, work.target.manifest);
            recipe.push(recipeImage(work, hits));
            continue;
        }
        if (!options.bestEffort)
            throw unrestorable(failure);
        for (const each of failures) {
            const { code, what, details } = unrestorable(each);
            notes.push({ code, severity: 'warning', message: what, ...details });
        }
        const layers = pairsOf(work).map(({ layer, task }) => {
            const isRestored = hits.get(taskKey(task))?.hit !== undefined;
            const kept = layerCompressionOf(layer.descriptor.mediaType);
            return isRestored
                ? { descriptor: task.target, compression: 'gzip' }
                : { descriptor: layer.descriptor, compression: kept === 'gzip' || kept === 'zstd' ? kept : 'none' };
        });
        replacements.set(work.parts.node.descriptor.digest, synthesizeManifest(work.parts.config.descriptor, layers));
    }
    const replaced = replaceManifests(graph, replacements, { keepAnnotations: options.keepAnnotations, reason: 'registry digests restored' });
    return {
        ...replaced,
        recipe,
        graph: { ...replaced.graph, notes: [...replaced.graph.notes, ...notes] },
        blobs: withMemory(replaced.documents, withFiles(files, plainBlobs)),
    };
};
