import type { ByteSource, ByteStream } from '../base/bytes.js';
import { startHash } from '../base/hash.js';
import { type BulkResult, type TransformJob, runTransform, writeAt } from './bulk-job.js';
import { type BulkOptions, runBulk } from './bulk.js';

/** A {@link BulkJob} on any source, whether it lies in a file or not. */
export type SourceJob = TransformJob & { readonly source: ByteSource };

const runStream = (job: SourceJob, options: BulkOptions): Promise<BulkResult> => {
  const hash = startHash(job.algorithm);
  const { source, subject, target } = job;
  let at = 0;
  // Begins where an earlier pass has stopped, so that a second call reads what is left.
  const tapped = async function* (): ByteStream {
    for await (const chunk of source.read({ offset: at }, options.signal)) {
      hash.update(chunk);
      if (target?.content === 'raw') writeAt(subject, target.fd, chunk, target.offset + at);
      at += chunk.length;
      options.onBytes?.(chunk.length);
      yield chunk;
    }
  };
  return runTransform(job, tapped, hash, options.limits);
};

/**
 * As `runBulk`, for sources: those that lie in files go to all threads, the others are streamed here one by one.
 * Results in job order. The sources stay the caller's.
 * @throws {ToolError} as `runBulk`
 */
export const runSources = async (jobs: readonly SourceJob[], options: BulkOptions): Promise<readonly BulkResult[]> => {
  const filed = jobs.flatMap(({ source, ...job }, index) =>
    source.file === undefined ? [] : [{ index, bulk: { ...job, extent: source.file } }],
  );
  const done = await runBulk(
    filed.map(({ bulk }) => bulk),
    options,
  );
  const results = new Map(filed.map(({ index }, place) => [index, done[place]]));
  for (const [index, job] of jobs.entries()) {
    if (!results.has(index)) results.set(index, await runStream(job, options));
  }
  return [...jobs.keys()].flatMap((index) => results.get(index) ?? []);
};
