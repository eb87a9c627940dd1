import { invariant } from '../../base/error.js';
import { runSources } from '../../codec/bulk-source.js';
import { expectationOf } from '../../content/blob.js';
import { walk } from '../../content/graph.js';
import { hashAlgorithmOf } from '../../oci/digest.js';
import { diffIDChecks, diffIDJob } from '../diff-ids.js';
import { bulkOptions } from '../prepare.js';
import { findingOf } from './checks.js';
/** Blobs opened at a time. */
const BATCH = 64;
const digestJob = (node, blobs) => async () => {
    const { descriptor } = node;
    // Before anything is open that would have to be closed.
    hashAlgorithmOf(descriptor.digest);
    const source = await blobs.open(descriptor);
    invariant(source !== undefined, 'a blob that was there is gone');
    return { ...expectationOf(descriptor.digest, source), source };
};
const runOne = async (make, context) => {
    let job;
    try {
        job = await make();
        await runSources([job], { ...bulkOptions(context), onBytes: () => { } });
        return [];
    }
    catch (error) {
        return [findingOf(error)];
    }
    finally {
        await job?.source.close();
    }
};
const runBatch = async (makers, context) => {
    const jobs = [];
    try {
        for (const make of makers)
            jobs.push(await make());
        await runSources(jobs, bulkOptions(context));
        return [];
    }
    catch (error) {
        findingOf(error);
    }
    finally {
        for (const job of jobs)
            await job.source.close();
    }
    // Something in the batch is wrong. All of them once more, one by one, so that every fault is found.
    const findings = [];
    for (const make of makers)
        findings.push(...(await runOne(make, context)));
    return findings;
};
/**
 * Reads every blob: its digest, and for layers the diffID, both in one pass. With `quick`, diffIDs are left out.
 */
export const checkBlobs = async (graph, blobs, quick, context) => {
    const checks = quick ? [] : diffIDChecks(graph);
    const covered = new Set(checks.map((check) => check.layer.digest));
    const present = walk(graph).filter((node) => node.presence === 'present');
    const makers = [
        ...present.filter((node) => !covered.has(node.descriptor.digest)).map((node) => digestJob(node, blobs)),
        ...checks.map((check) => () => diffIDJob(check, blobs)),
    ];
    context.observer({ type: 'phase', name: 'verify blobs', total: present.reduce((sum, node) => sum + node.descriptor.size, 0) });
    const findings = [];
    for (let at = 0; at < makers.length; at += BATCH) {
        findings.push(...(await runBatch(makers.slice(at, at + BATCH), context)));
    }
    context.observer({ type: 'phase-end', name: 'verify blobs' });
    return findings;
};
