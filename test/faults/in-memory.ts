import { concatBytes, memorySource } from '../../src/base/bytes.js';
import { ToolError } from '../../src/base/error.js';
import type { Note } from '../../src/base/event.js';
import { DEFAULT_LIMITS } from '../../src/base/limits.js';
import { openTarTree } from '../../src/codec/tar-index.js';
import { verifiedBlobs } from '../../src/content/blob.js';
import { loadGraph } from '../../src/content/load-graph.js';
import { mergeGraphs } from '../../src/content/merge.js';
import { openImages } from '../../src/format/detect.js';
import { planArchive } from '../../src/format/plan.js';
import { DEFAULT_SETTINGS, PROFILES } from '../../src/format/profile.js';
import { writeArchive } from '../../src/format/write.js';
import { contextWith } from '../../src/operation/context.js';
import { checkBlobs } from '../../src/operation/verify/blobs.js';
import { checkNames, checkPresence, checkSchemas, findingOf } from '../../src/operation/verify/checks.js';

/**
 * What `save` and `verify` do between the files, for tests that do it ten thousand times: the same reading, planning,
 * writing and checking, on bytes in memory.
 */

const context = contextWith({ pathExists: () => false });
const limits = DEFAULT_LIMITS;

const open = async (tar: Uint8Array): Promise<ReturnType<typeof loadGraph>> =>
  loadGraph(
    await openImages(await openTarTree(memorySource(tar, 'input.tar'), { limits }), { limits, threads: 1 }),
    limits,
  );

export type MemoryOutcome =
  | { readonly state: 'saved'; readonly archive: Buffer; readonly notes: readonly Note[] }
  | { readonly state: 'refused'; readonly error: ToolError };

export const saveInMemory = async (tar: Uint8Array): Promise<MemoryOutcome> => {
  try {
    const { graph, blobs } = mergeGraphs([await open(tar)]);
    const plan = planArchive(graph, PROFILES['hybrid-1'], DEFAULT_SETTINGS, { allowSparse: false });
    const chunks: Uint8Array[] = [];
    for await (const chunk of writeArchive(plan, verifiedBlobs(blobs))) chunks.push(chunk.slice());
    return { state: 'saved', archive: Buffer.from(concatBytes(chunks)), notes: graph.notes };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return { state: 'refused', error };
  }
};

/** Findings of `verify` that are errors. */
export const errorsInMemory = async (tar: Uint8Array): Promise<readonly Note[]> => {
  try {
    const { graph, blobs } = await open(tar);
    const findings = [
      ...graph.notes,
      ...checkNames(graph),
      ...checkPresence(graph),
      ...(await checkSchemas(graph, limits)),
      ...(await checkBlobs(graph, blobs, false, context)),
    ];
    return findings.filter(({ severity }) => severity === 'error');
  } catch (error) {
    return [findingOf(error)];
  }
};
