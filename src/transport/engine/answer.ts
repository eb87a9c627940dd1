import { ToolError } from '../../base/error.js';
import { excerpt } from '../../base/escape.js';
import { type JsonValue, isJsonObject } from '../../base/json.js';
import { parseJson } from '../../base/json-parse.js';
import type { Limits } from '../../base/limits.js';
import { Cursor } from '../../oci/decode.js';

/** What an engine answered: a document, or nothing where the answer is empty. */
export interface EngineAnswer {
  readonly status: number;
  /** The engine's request, for errors. */
  readonly subject: string;
  readonly bytes: Uint8Array;
}

/** Longest text of an engine that is shown, in characters. */
const MESSAGE_LENGTH = 500;

/** An engine's text for a message: in one line, cut, and safe to print. */
export const oneLine = (text: string): string => excerpt(text.trim().replaceAll(/\s+/g, ' '), MESSAGE_LENGTH);

export const isSuccess = ({ status }: EngineAnswer): boolean => status >= 200 && status < 300;

/**
 * The document of an answer.
 * @throws {ToolError} ENGINE_ANSWER_INVALID if it is not JSON
 */
export const documentOf = (answer: EngineAnswer, limits: Pick<Limits, 'jsonDepth'>): Cursor =>
  new Cursor(jsonOf(answer.bytes, answer.subject, limits), answer.subject);

export const jsonOf = (bytes: Uint8Array, subject: string, { jsonDepth }: Pick<Limits, 'jsonDepth'>): JsonValue => {
  try {
    return parseJson(bytes, { subject, depth: jsonDepth });
  } catch (cause) {
    throw new ToolError('ENGINE_ANSWER_INVALID', 'the answer of the engine is not JSON', {
      subject,
      found: `"${excerpt(Buffer.from(bytes.subarray(0, 200)).toString('utf8'), 80)}"`,
      cause,
    });
  }
};

/**
 * Reads an answer as `read` says.
 * @throws {ToolError} ENGINE_ANSWER_INVALID if it has not the form that the API describes
 */
export const decodeAnswer = <T>(document: Cursor, read: (cursor: Cursor) => T): T => {
  try {
    return read(document);
  } catch (cause) {
    if (!(cause instanceof ToolError)) throw cause;
    throw new ToolError('ENGINE_ANSWER_INVALID', 'the answer of the engine is not what its API describes', {
      ...cause.details,
      subject: document.subject,
      cause,
    });
  }
};

/** What an engine says about a failure. */
export interface Complaint {
  /** For people. */
  readonly message: string;
  /** Podman's name of the reason; empty for Docker. */
  readonly cause: string;
}

/** `{"message":…}` of Docker, `{"cause":…,"message":…}` of Podman, else the text as it is. */
export const complaintOf = ({ bytes, subject, status }: EngineAnswer, limits: Pick<Limits, 'jsonDepth'>): Complaint => {
  let value: JsonValue;
  try {
    value = jsonOf(bytes, subject, limits);
  } catch {
    value = Buffer.from(bytes.subarray(0, MESSAGE_LENGTH)).toString('utf8').trim();
  }
  const field = (name: string): string => {
    const found = isJsonObject(value) ? value[name] : undefined;
    return typeof found === 'string' ? found : '';
  };
  const text = typeof value === 'string' ? value : field('message');
  return { message: text === '' ? `status ${status}` : oneLine(text), cause: field('cause') };
};

/** Podman says with status 500 what Docker says with 404 and 409; its cause, and one fixed text, tell. */
const NOT_FOUND_CAUSES: ReadonlySet<string> = new Set([
  'image not known',
  'no such image',
  'no such container',
  'layer not known',
]);
const NOT_A_NAME = 'cannot specify 64-byte hexadecimal';
const CONFLICT_CAUSES: ReadonlySet<string> = new Set(['container state improper', 'image is in use by a container']);
const SEVERAL_NAMES = 'with more than one tag';

/** What kind of failure it is, in one word for both engines. */
export const failureKind = (
  { status }: EngineAnswer,
  { cause, message }: Complaint,
): 'missing' | 'conflict' | 'other' => {
  if (status === 404) return 'missing';
  if (status === 409) return 'conflict';
  if (status !== 500) return 'other';
  if (NOT_FOUND_CAUSES.has(cause) || cause.includes(NOT_A_NAME) || message.includes(NOT_A_NAME)) return 'missing';
  if (CONFLICT_CAUSES.has(cause) || cause.includes(SEVERAL_NAMES)) return 'conflict';
  return 'other';
};

export const engineFailed = (answer: EngineAnswer, { message }: Complaint): ToolError =>
  new ToolError('ENGINE_FAILED', 'the engine could not do it', {
    subject: answer.subject,
    found: `status ${answer.status}: ${message}`,
  });
