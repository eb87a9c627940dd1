import { type ByteStream, readAll } from '../../base/bytes.js';
import { ToolError } from '../../base/error.js';
import { complaintOf, engineFailed } from './answer.js';
import type { Calls } from './calls.js';
import type { LoadResult } from './engine.js';
import { findImage } from './image-calls.js';
import { readLoad } from './read-load.js';

/** Bytes of what an engine says to a load or to a failed export. */
const ANSWER_LIMIT = 16 * 1024 * 1024;

const subjectOf = (calls: Calls, text: string): string => `${calls.info.endpoint}: ${text}`;

/** @throws {ToolError} REFERENCE_NOT_FOUND, ENGINE_FAILED */
export const saveImages = async (
  calls: Calls,
  refs: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ByteStream> => {
  const answer = await calls.open('GET', '/images/get', { names: refs }, { signal });
  if (answer.status === 200) return answer.body;
  const subject = subjectOf(calls, 'GET /images/get');
  const bytes = await readAll(answer.body, ANSWER_LIMIT, { code: 'LIMIT_METADATA', subject });
  for (const ref of refs) {
    if ((await findImage(calls, ref)) === undefined)
      throw new ToolError('REFERENCE_NOT_FOUND', 'the engine has no such image', { subject: ref });
  }
  const failed = { status: answer.status, subject, bytes };
  throw engineFailed(failed, complaintOf(failed, calls.limits));
};

/** What Podman says when somebody removed what it had just loaded. */
const RACE = /image not known/;

/** @throws {ToolError} ENGINE_ANSWER_INVALID */
export const loadImages = async (
  calls: Calls,
  archive: ByteStream,
  signal: AbortSignal | undefined,
): Promise<LoadResult> => {
  const subject = subjectOf(calls, 'POST /images/load');
  const answer = await calls.open('POST', '/images/load', { quiet: '1' }, { body: archive, signal });
  const bytes = await readAll(answer.body, ANSWER_LIMIT, { code: 'LIMIT_METADATA', subject });
  if (answer.status === 200) return readLoad(bytes, subject, calls.limits);
  const { message, cause } = complaintOf({ status: answer.status, subject, bytes }, calls.limits);
  const isRace = calls.info.traits.loadRacesPrune && (RACE.test(message) || RACE.test(cause));
  return { outcome: 'refused', message, isRace };
};
