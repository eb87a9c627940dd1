import type { Note } from '../base/event.js';
import { invariant } from '../base/error.js';
import { type SourceJob, runSources } from '../codec/bulk-source.js';
import { codecNotes } from '../codec/codec-notes.js';
import { SNIFF_LENGTH, sniffCompression } from '../codec/compression.js';
import type { BlobReader } from '../content/blob.js';
import { type ContentGraph, imageParts, nodeOf, walk } from '../content/graph.js';
import type { Descriptor } from '../oci/descriptor.js';
import { type Digest, encodedOf, hashAlgorithmOf } from '../oci/digest.js';
import { bulkOptions } from './bulk-options.js';
import type { OperationContext } from './context.js';

/** A layer, and what a config says of its uncompressed bytes. */
export interface DiffIDCheck {
  readonly layer: Descriptor;
  readonly diffID: Digest;
}

/** Every layer of the graph's images with each diffID that a config gives it; layers that are no file systems too. */
export const diffIDChecks = (graph: ContentGraph): readonly DiffIDCheck[] => {
  const checks = new Map<string, DiffIDCheck>();
  for (const node of walk(graph)) {
    const parts = imageParts(graph, node);
    for (const [index, layer] of (parts?.layers ?? []).entries()) {
      const diffID = parts?.config.value.diffIDs[index];
      if (diffID === undefined || nodeOf(graph, layer.digest).presence !== 'present') continue;
      // A blob that is stored under its diffID has been verified by its digest already.
      if (layer.digest !== diffID) checks.set(`${layer.digest} ${diffID}`, { layer, diffID });
    }
  }
  return [...checks.values()];
};

/** The job that checks digest and diffID in one pass. @throws {ToolError} DIGEST_ALGORITHM_UNSUPPORTED */
export const diffIDJob = async ({ layer, diffID }: DiffIDCheck, blobs: BlobReader): Promise<SourceJob> => {
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

/** Layers opened at a time. */
const BATCH = 64;

/**
 * Decompresses every layer and holds it against its diffID.
 * @returns what was odd about the compressed bytes
 * @throws {ToolError} DIFFID_MISMATCH, DIGEST_MISMATCH, and what decompression throws
 */
export const checkDiffIDs = async (
  graph: ContentGraph,
  blobs: BlobReader,
  context: OperationContext,
): Promise<readonly Note[]> => {
  const checks = diffIDChecks(graph);
  const notes: Note[] = [];
  context.observer({
    type: 'phase',
    name: 'check diffIDs',
    total: checks.reduce((sum, check) => sum + check.layer.size, 0),
  });
  for (let at = 0; at < checks.length; at += BATCH) {
    const jobs: SourceJob[] = [];
    try {
      for (const check of checks.slice(at, at + BATCH)) jobs.push(await diffIDJob(check, blobs));
      const results = await runSources(jobs, bulkOptions(context));
      notes.push(...jobs.flatMap((job, index) => codecNotes(job.subject, results[index])));
    } finally {
      for (const job of jobs) await job.source.close();
    }
  }
  context.observer({ type: 'phase-end', name: 'check diffIDs' });
  return notes;
};
