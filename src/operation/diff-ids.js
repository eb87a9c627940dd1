import { invariant } from '../base/error.js';
import { runSources } from '../codec/bulk-source.js';
import { SNIFF_LENGTH, sniffCompression } from '../codec/compression.js';
import { imageParts, nodeOf, walk } from '../content/graph.js';
import { encodedOf, hashAlgorithmOf } from '../oci/digest.js';
/** Every layer of the graph's images with each diffID that a config gives it; layers that are no file systems too. */
export const diffIDChecks = (graph) => {
    const checks = new Map();
    for (const node of walk(graph)) {
        const parts = imageParts(graph, node);
        for (const [index, layer] of (parts?.layers ?? []).entries()) {
            const diffID = parts?.config.value.diffIDs[index];
            if (diffID === undefined || nodeOf(graph, layer.digest).presence !== 'present')
                continue;
            // A blob that is stored under its diffID has been verified by its digest already.
            if (layer.digest !== diffID)
                checks.set(`${layer.digest} ${diffID}`, { layer, diffID });
        }
    }
    return [...checks.values()];
};
/** The job that checks digest and diffID in one pass. @throws {ToolError} DIGEST_ALGORITHM_UNSUPPORTED */
export const diffIDJob = async ({ layer, diffID }, blobs) => {
    // Before anything is open that would have to be closed.
    const algorithms = { algorithm: hashAlgorithmOf(layer.digest), innerAlgorithm: hashAlgorithmOf(diffID) };
    const source = await blobs.open(layer);
    invariant(source !== undefined, 'a blob that was there is gone');
    return {
        ...algorithms,
        subject: layer.digest,
        source,
        expected: encodedOf(layer.digest),
        compression: sniffCompression(await source.readAt(0, SNIFF_LENGTH)),
        expectedInner: encodedOf(diffID),
    };
};
/**
 * Decompresses every layer and holds it against its diffID.
 * @throws {ToolError} DIFFID_MISMATCH, DIGEST_MISMATCH, and what decompression throws
 */
export const checkDiffIDs = async (graph, blobs, context) => {
    const checks = diffIDChecks(graph);
    context.observer({
        type: 'phase',
        name: 'check diffIDs',
        total: checks.reduce((sum, check) => sum + check.layer.size, 0),
    });
    const options = {
        threads: context.threads,
        limits: context.limits,
        ...(context.signal === undefined ? {} : { signal: context.signal }),
        onBytes: (done) => context.observer({ type: 'bytes', done }),
    };
    for (let at = 0; at < checks.length; at += BATCH) {
        const jobs = [];
        try {
            for (const check of checks.slice(at, at + BATCH))
                jobs.push(await diffIDJob(check, blobs));
            await runSources(jobs, options);
        }
        finally {
            for (const job of jobs)
                await job.source.close();
        }
    }
    context.observer({ type: 'phase-end', name: 'check diffIDs' });
};
/** Layers opened at a time. */
const BATCH = 64;
