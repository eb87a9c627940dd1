import { invariant } from '../../base/error.js';
import type { Note } from '../../base/event.js';
import { type SourceJob, runSources } from '../../codec/bulk-source.js';
import { codecNotes } from '../../codec/codec-notes.js';
import { type BlobReader, expectationOf } from '../../content/blob.js';
import { type ContentGraph, type GraphNode, walk } from '../../content/graph.js';
import { type Digest, hashAlgorithmOf } from '../../oci/digest.js';
import type { OperationContext } from '../context.js';
import { diffIDChecks, diffIDJob } from '../diff-ids.js';
import { bulkOptions } from '../bulk-options.js';
import { findingOf } from './checks.js';

/** Blobs opened at a time. */
const BATCH = 64;

type MakeJob = () => Promise<SourceJob>;

const digestJob =
  (node: GraphNode, blobs: BlobReader): MakeJob =>
  async () => {
    const { descriptor } = node;
    // Before anything is open that would have to be closed.
    hashAlgorithmOf(descriptor.digest);
    const source = await blobs.open(descriptor);
    invariant(source !== undefined, 'a blob that was there is gone');
    return { ...expectationOf(descriptor.digest, source), source };
  };

const runOne = async (make: MakeJob, context: OperationContext): Promise<readonly Note[]> => {
  let job: SourceJob | undefined;
  try {
    job = await make();
    const [result] = await runSources([job], { ...bulkOptions(context), onBytes: () => {} });
    return codecNotes(job.subject, result);
  } catch (error) {
    return [findingOf(error)];
  } finally {
    await job?.source.close();
  }
};

const runBatch = async (makers: readonly MakeJob[], context: OperationContext): Promise<readonly Note[]> => {
  const jobs: SourceJob[] = [];
  try {
    for (const make of makers) jobs.push(await make());
    const results = await runSources(jobs, bulkOptions(context));
    return jobs.flatMap((job, index) => codecNotes(job.subject, results[index]));
  } catch (error) {
    findingOf(error);
  } finally {
    for (const job of jobs) await job.source.close();
  }
  // Something in the batch is wrong. All of them once more, one by one, so that every fault is found.
  const findings: Note[] = [];
  for (const make of makers) findings.push(...(await runOne(make, context)));
  return findings;
};

/**
 * Reads every blob: its digest, and for layers the diffID, both in one pass. With `quick`, diffIDs are left out.
 */
export const checkBlobs = async (
  graph: ContentGraph,
  blobs: BlobReader,
  quick: boolean,
  context: OperationContext,
): Promise<readonly Note[]> => {
  const checks = quick ? [] : diffIDChecks(graph);
  const covered = new Set<Digest>(checks.map((check) => check.layer.digest));
  const present = walk(graph).filter((node) => node.presence === 'present');
  const makers: MakeJob[] = [
    ...present.filter((node) => !covered.has(node.descriptor.digest)).map((node) => digestJob(node, blobs)),
    ...checks.map(
      (check): MakeJob =>
        () =>
          diffIDJob(check, blobs),
    ),
  ];
  context.observer({
    type: 'phase',
    name: 'verify blobs',
    total: present.reduce((sum, node) => sum + node.descriptor.size, 0),
  });
  const findings: Note[] = [];
  for (let at = 0; at < makers.length; at += BATCH) {
    findings.push(...(await runBatch(makers.slice(at, at + BATCH), context)));
  }
  context.observer({ type: 'phase-end', name: 'verify blobs' });
  return findings;
};
