import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import { ToolError, fromSystemError, invariant } from '../base/error.js';
import type { Limits } from '../base/limits.js';
import {
  type BulkControl,
  CalledOff,
  callOff,
  countDone,
  createControl,
  doneBytes,
  takeNext,
  throwIfCalledOff,
} from './bulk-control.js';
import { type BulkJob, type BulkLane, type BulkResult, bulkBuffer, isPlainJob, runJob } from './bulk-job.js';
import { type BulkMessage, type BulkWorkerData, unpackError } from './bulk-message.js';
import { workerUrl } from './bulk-worker-url.js';
import { type Ring, createRing, feedRing } from './bulk-ring.js';

export type { BulkJob, BulkResult } from './bulk-job.js';

export interface BulkOptions {
  /** Threads that work, this one included; at least 1. No result depends on it. */
  readonly threads: number;
  /** For decompression. */
  readonly limits: Limits;
  readonly signal?: AbortSignal;
  /** So many more stored bytes are done. Called on this thread. */
  readonly onBytes?: (bytes: number) => void;
}

const MIB = 1024 * 1024;
/** Below this many bytes in all, a worker would start for longer than it helps. */
const WORTH_A_WORKER = 8 * MIB;
/** Below this many bytes, one blob is not worth the ring. */
const WORTH_THE_RING = 32 * MIB;
/** Bytes between two looks at timers and signals: a few milliseconds. */
const TURN = 8 * MIB;
/** Milliseconds between two reports while only workers work. */
const REPORT_INTERVAL = 100;

interface Run {
  readonly jobs: readonly BulkJob[];
  /** Indexes of jobs that a thread does alone, largest first. */
  readonly order: readonly number[];
  /** A job so large that one thread reads and copies it while another hashes it. */
  readonly piped?: { readonly job: number; readonly ring: Ring };
  readonly control: BulkControl;
  readonly results: (BulkResult | undefined)[];
  readonly failures: Map<number, unknown>;
}

const lengthOf = (jobs: readonly BulkJob[], index: number): number => jobs[index]?.extent.length ?? 0;

const planRun = (jobs: readonly BulkJob[], workers: boolean): Run => {
  const bySize = [...jobs.keys()].sort((a, b) => lengthOf(jobs, b) - lengthOf(jobs, a) || a - b);
  const largest = bySize[0];
  const job = largest === undefined ? undefined : jobs[largest];
  const total = jobs.reduce((sum, job) => sum + job.extent.length, 0);
  const shared = { jobs, control: createControl(), results: jobs.map(() => undefined), failures: new Map() };
  if (workers && largest !== undefined && job !== undefined && isPlainJob(job)) {
    const { length } = job.extent;
    if (length >= WORTH_THE_RING && length > 2 * (total - length)) {
      return { ...shared, order: bySize.slice(1), piped: { job: largest, ring: createRing() } };
    }
  }
  return { ...shared, order: bySize };
};

/** A worker's life as a promise: fulfilled when it is gone. Whatever happens in it lands in the run. */
const startWorker = (
  url: URL,
  run: Run,
  servesRing: boolean,
  limits: Limits,
): { worker: Worker; gone: Promise<void> } => {
  const { jobs, order, control } = run;
  const data: BulkWorkerData = {
    jobs,
    order,
    control,
    limits,
    ...(servesRing && run.piped !== undefined ? { piped: run.piped } : {}),
  };
  const fail = (job: number, error: unknown): void => {
    run.failures.set(job, error);
    callOff(control);
  };
  const worker = new Worker(url, { workerData: data, execArgv: [] });
  let ended = false;
  const gone = new Promise<void>((resolve) => {
    worker.on('message', (message: BulkMessage) => {
      if (message.type === 'result') run.results[message.job] = message.result;
      if (message.type === 'failure') fail(message.job, unpackError(message.error));
      if (message.type !== 'end') return;
      ended = true;
      resolve();
    });
    worker.on('error', (error) => {
      ended = true;
      fail(jobs.length, fromSystemError(error, 'a worker thread failed'));
    });
    worker.on('exit', () => {
      if (!ended) fail(jobs.length, new ToolError('DEFECT', 'a worker thread ended too early'));
      resolve();
    });
  });
  return { worker, gone };
};

/** Deno counts open files for each thread anew, so a worker there cannot use one that was opened here. */
const canShareFiles = !('deno' in process.versions);

/** This thread's part of the piped job. */
const feedHere = async (job: BulkJob, ring: Ring, lane: BulkLane): Promise<void> => {
  for (let step = feedRing(job, ring); step.state !== 'done'; step = feedRing(job, ring)) {
    const pause = lane.advance(step.bytes);
    if (pause !== undefined) await pause;
    if (step.state === 'idle') await nextTurn();
  }
};

/** Takes jobs until none is left. */
const workHere = async (run: Run, lane: BulkLane): Promise<void> => {
  const { jobs, order, control, piped } = run;
  let current = -1;
  try {
    for (let place = takeNext(control); place < order.length; place = takeNext(control)) {
      throwIfCalledOff(control);
      current = order[place] ?? -1;
      const job = jobs[current];
      if (job !== undefined) run.results[current] = await runJob(job, lane);
    }
    const pipedJob = piped === undefined ? undefined : jobs[piped.job];
    if (piped !== undefined && pipedJob !== undefined) {
      current = piped.job;
      await feedHere(pipedJob, piped.ring, lane);
    }
  } catch (error) {
    if (!(error instanceof CalledOff)) run.failures.set(current, error);
    callOff(control);
  }
};

const createReporter = (control: BulkControl, onBytes: ((bytes: number) => void) | undefined): (() => void) => {
  let reported = 0;
  return () => {
    const done = doneBytes(control);
    if (done > reported) onBytes?.(done - reported);
    reported = done;
  };
};

/**
 * Reads many runs of bytes once each: hashes them, decompresses and copies those that ask for it, and holds them
 * against what they are expected to be. This thread and `threads - 1` workers take whole jobs, the largest first;
 * a job much larger than all others is read and copied here while a worker hashes it. Between chunks this thread
 * looks at its event loop every few milliseconds. The first failure stops all threads; of several, the one of the
 * first job counts. After a failure, targets hold anything.
 * @returns results in the order of the jobs
 * @throws {ToolError} DIGEST_MISMATCH, DIFFID_MISMATCH, FILE_CHANGED, NO_SPACE, IO, and what decompression throws
 * @throws the signal's reason
 */
export const runBulk = async (jobs: readonly BulkJob[], options: BulkOptions): Promise<readonly BulkResult[]> => {
  const { threads, limits, signal, onBytes } = options;
  invariant(Number.isInteger(threads) && threads >= 1, `no number of threads: ${threads}`);
  signal?.throwIfAborted();

  const total = jobs.reduce((sum, job) => sum + job.extent.length, 0);
  const url = threads > 1 && canShareFiles && total >= WORTH_A_WORKER ? workerUrl() : undefined;
  const run = planRun(jobs, url !== undefined);
  const useful = Math.max(run.order.length - 1, run.piped === undefined ? 0 : 1);
  const count = url === undefined ? 0 : Math.min(threads - 1, useful);

  const { control } = run;
  const report = createReporter(control, onBytes);
  let sinceTurn = 0;
  const lane: BulkLane = {
    limits,
    buffer: bulkBuffer(),
    advance: (bytes) => {
      throwIfCalledOff(control);
      countDone(control, bytes);
      sinceTurn += bytes;
      if (sinceTurn < TURN) return undefined;
      sinceTurn = 0;
      report();
      return nextTurn();
    },
  };

  const onAbort = (): void => callOff(control);
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setInterval(report, REPORT_INTERVAL);
  const workers: ReturnType<typeof startWorker>[] = [];
  try {
    if (url !== undefined) {
      for (let index = 0; index < count; index += 1) workers.push(startWorker(url, run, index === 0, limits));
    }
    await Promise.all([workHere(run, lane), ...workers.map(({ gone }) => gone)]);
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', onAbort);
    await Promise.all(workers.map(({ worker }) => worker.terminate()));
  }
  signal?.throwIfAborted();
  const [failed] = [...run.failures.keys()].sort((a, b) => a - b);
  if (failed !== undefined) throw run.failures.get(failed);
  report();
  return run.results.map((result, index) => {
    if (result === undefined)
      throw new ToolError('DEFECT', 'a job was left undone', { subject: jobs[index]?.subject ?? '' });
    return result;
  });
};
