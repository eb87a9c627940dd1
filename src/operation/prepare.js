import { mergeGraphs } from '../content/merge.js';
import { dropReferrers, renameImages } from '../content/select.js';
import { selectPlatforms } from '../content/select-platform.js';
import { DEFAULT_PINNED_CODEC, pinnedCodec } from '../codec/pinned/codec.js';
import { compressLayers } from '../layer/compress.js';
import { decompressLayers } from '../layer/decompress.js';
import { guessTargets } from '../layer/guess.js';
import { restoreLayers } from '../layer/restore.js';
import { checkDiffIDs } from './diff-ids.js';
import { layerMediaTypeNotes } from './layer-media-types.js';
import { loadRestoreSources } from './restore-source.js';
export const DEFAULT_TRANSFER = {
    platforms: [],
    names: [],
    dropReferrers: false,
    allowSparse: false,
    layers: 'keep',
    codec: DEFAULT_PINNED_CODEC,
    manifestFrom: [],
    bestEffort: false,
    keepAnnotations: false,
    deep: false,
};
export const bulkOptions = (context) => ({
    threads: context.threads,
    limits: context.limits,
    ...(context.signal === undefined ? {} : { signal: context.signal }),
    onBytes: (done) => context.observer({ type: 'bytes', done }),
});
/**
 * The images of several places as one graph: merged, chosen by platform, renamed, their layers as asked.
 * @throws {ToolError} PLATFORM_NOT_FOUND, REFERENCE_INVALID, REFERENCE_AMBIGUOUS, REFERENCE_NOT_FOUND, SIZE_MISMATCH,
 * and what `decompressLayers` and the diffID check throw
 */
export const prepareImages = async (opened, options, scratch, context) => {
    const merged = mergeGraphs(opened);
    const dropped = [];
    let graph = selectPlatforms(merged.graph, options.platforms);
    if (options.dropReferrers) {
        const without = dropReferrers(graph);
        graph = without.graph;
        dropped.push(...without.dropped.map((subject) => ({ subject, reason: 'referrers were not wanted' })));
    }
    graph = renameImages(graph, options.names);
    graph = { ...graph, notes: [...graph.notes, ...(await layerMediaTypeNotes(graph, merged.blobs, 'warning'))] };
    if (options.deep)
        await checkDiffIDs(graph, merged.blobs, context);
    const phase = PHASES[options.layers];
    if (phase !== undefined)
        context.observer({ type: 'phase', name: phase });
    const changed = await changeLayers(graph, merged.blobs, options, { ...bulkOptions(context), scratch }, context);
    if (phase !== undefined)
        context.observer({ type: 'phase-end', name: phase });
    return { ...changed, dropped: [...dropped, ...changed.dropped] };
};
const PHASES = {
    keep: undefined,
    none: 'decompress layers',
    gzip: 'compress layers',
    restore: 'restore layers',
};
/** Guesses start from uncompressed layers, whatever compressed them last. */
const guessFromPlain = async (graph, blobs, pinned, options) => {
    const plain = await decompressLayers(graph, blobs, options);
    return guessTargets(plain.graph, plain.blobs, pinned, options);
};
const changeLayers = async (graph, blobs, options, convert, context) => {
    const rewrite = { ...convert, keepAnnotations: options.keepAnnotations };
    switch (options.layers) {
        case 'keep':
            return { graph, blobs, changes: [], dropped: [], recipe: [] };
        case 'none':
            return { ...(await decompressLayers(graph, blobs, rewrite)), recipe: [] };
        case 'gzip': {
            const { id } = pinnedCodec(options.codec);
            return { ...(await compressLayers(graph, blobs, { ...rewrite, codec: id, compression: 'gzip' })), recipe: [] };
        }
        case 'restore': {
            const sources = await loadRestoreSources(options.manifestFrom, context);
            const guessed = sources.pinned.size === 0 ? [] : await guessFromPlain(graph, blobs, sources.pinned, rewrite);
            const targets = [...sources.targets, ...guessed];
            return restoreLayers(graph, blobs, { ...rewrite, targets, bestEffort: options.bestEffort });
        }
    }
};
/** Notes to the observer as they are; a report carries them too. */
export const tellNotes = (notes, context) => {
    for (const note of notes)
        context.observer({ type: 'note', note });
};
