import { utf8 } from '../base/bytes.js';
import { ToolError } from '../base/error.js';
import type { JsonValue } from '../base/json.js';
import { decodeJsonText } from '../base/json-decode.js';
import { parseJson } from '../base/json-parse.js';
import type { Limits } from '../base/limits.js';
import { Cursor } from '../oci/decode.js';
import { parseTime } from './clock.js';
import { readWhole, writeWhole } from './file.js';

/** The format of all state that this version writes. A store with a higher one is left alone. */
export const STORE_FORMAT = 1;

const REPAIR = 'run ingot fsck --repair, which puts the file aside';

const invalid = (path: string, error: ToolError): ToolError =>
  new ToolError('STORE_STATE_INVALID', 'a state file of the store is damaged', {
    ...error.details,
    subject: path,
    hint: REPAIR,
    cause: error,
  });

/** @throws {ToolError} STORE_VERSION */
const checkFormat = (cursor: Cursor): void => {
  const place = cursor.field('format');
  const format = place.size();
  if (format < 1) place.fail('a number from 1');
  if (format <= STORE_FORMAT) return;
  throw new ToolError('STORE_VERSION', 'the store has a format that this version does not know', {
    subject: cursor.subject,
    pointer: place.pointer,
    expected: `format ${STORE_FORMAT}`,
    found: `format ${format}`,
    hint: 'use the version of Ingot that wrote the store, or a newer one',
  });
};

/** A large document is parsed by the platform, eight times as fast: its decoder looks at every number by itself. */
export type StateSize = 'small' | 'large';

const parseLarge = (bytes: Uint8Array, path: string): JsonValue => {
  try {
    return JSON.parse(decodeJsonText(bytes, path)) as JsonValue;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ToolError('JSON_SYNTAX', 'is not JSON', { subject: path, cause: error });
  }
};

/**
 * A state document of the store: `{"format":1,…}`.
 * @throws {ToolError} STORE_VERSION; STORE_STATE_INVALID for whatever else is wrong with it
 */
export const decodeState = <T>(
  bytes: Uint8Array,
  path: string,
  limits: Limits,
  decode: (cursor: Cursor) => T,
  size: StateSize = 'small',
): T => {
  try {
    const value =
      size === 'small' ? parseJson(bytes, { subject: path, depth: limits.jsonDepth }) : parseLarge(bytes, path);
    const cursor = new Cursor(value, path);
    checkFormat(cursor);
    return decode(cursor);
  } catch (error) {
    if (!(error instanceof ToolError) || error.code === 'STORE_VERSION' || error.class !== 'input') throw error;
    throw invalid(path, error);
  }
};

/**
 * A state file, or undefined if it is not there.
 * @throws {ToolError} STORE_VERSION, STORE_STATE_INVALID, STORE_TAMPERED; system errors
 */
export const loadState = async <T>(
  path: string,
  limits: Limits,
  decode: (cursor: Cursor) => T,
  size: StateSize = 'small',
): Promise<T | undefined> => {
  const bytes = await readWhole(path, limits.storeState, 'STORE_STATE_INVALID');
  return bytes === undefined ? undefined : decodeState(bytes, path, limits, decode, size);
};

/** Puts a state file in place as a whole. @throws {ToolError} NO_SPACE, PERMISSION_DENIED, IO */
export const saveState = async (path: string, text: string, durable: boolean): Promise<void> => {
  await writeWhole(path, utf8(text), { durable });
};

/** Milliseconds since 1970 of a time in a state file. */
export const decodeTime = (cursor: Cursor): number =>
  parseTime(cursor.string()) ?? cursor.fail('a UTC time such as 2024-01-01T00:00:00.000Z');

/** True or absent. */
export const decodeFlag = (cursor: Cursor): boolean => cursor.optional((field) => field.boolean()) ?? false;
