import { parentPort, workerData } from 'node:worker_threads';

import { CalledOff, callOff, countDone, takeNext, throwIfCalledOff } from './bulk-control.js';
import { type BulkLane, bulkBuffer, runJob } from './bulk-job.js';
import { type BulkMessage, type BulkWorkerData, packError } from './bulk-message.js';
import { hashFromRing } from './bulk-ring.js';

/** The entry of a bulk worker: takes jobs until none is left, then serves the ring if it was given one. */

const { jobs, order, control, limits, piped } = workerData as BulkWorkerData;
const post = (message: BulkMessage): void => parentPort?.postMessage(message);

const lane: BulkLane = {
  limits,
  buffer: bulkBuffer(),
  advance: (bytes) => {
    throwIfCalledOff(control);
    countDone(control, bytes);
    return undefined;
  },
};

let current = -1;
try {
  for (let place = takeNext(control); place < order.length; place = takeNext(control)) {
    throwIfCalledOff(control);
    current = order[place] ?? -1;
    const job = jobs[current];
    if (job !== undefined) post({ type: 'result', job: current, result: await runJob(job, lane) });
  }
  const pipedJob = piped === undefined ? undefined : jobs[piped.job];
  if (piped !== undefined && pipedJob !== undefined) {
    current = piped.job;
    post({ type: 'result', job: current, result: hashFromRing(pipedJob, piped.ring, control) });
  }
} catch (error) {
  if (!(error instanceof CalledOff)) post({ type: 'failure', job: current, error: packError(error) });
  callOff(control);
}
post({ type: 'end' });
