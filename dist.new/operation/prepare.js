import { mergeGraphs } from '../content/merge.js';
import { dropReferrers, renameImages } from '../content/select.js';
import { selectPlatforms } from '../content/select-platform.js';
import { decompressLayers } from '../layer/decompress.js';
import { checkDiffIDs } from './diff-ids.js';
export const DEFAULT_TRANSFER = {
    platforms: [],
    names: [],
    dropReferrers: false,
    allowSparse: false,
    layers: 'keep',
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
    if (options.deep)
        await checkDiffIDs(graph, merged.blobs, context);
    if (options.layers === 'keep')
        return { graph, blobs: merged.blobs, changes: [], dropped };
    context.observer({ type: 'phase', name: 'decompress layers' });
    const plain = await decompressLayers(graph, merged.blobs, {
        ...bulkOptions(context),
        scratch,
        keepAnnotations: options.keepAnnotations,
    });
    context.observer({ type: 'phase-end', name: 'decompress layers' });
    return { graph: plain.graph, blobs: plain.blobs, changes: plain.changes, dropped: [...dropped, ...plain.dropped] };
};
/** Notes to the observer as they are; a report carries them too. */
export const tellNotes = (notes, context) => {
    for (const note of notes)
        context.observer({ type: 'note', note });
};
//# sourceMappingURL=prepare.js.map