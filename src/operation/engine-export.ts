import type { ByteSource } from '../base/bytes.js';
import { ToolError } from '../base/error.js';
import { excerpt } from '../base/escape.js';

/** The two blocks of zeros that end a tar. */
const END_LENGTH = 1024;

/** Bytes in which the message of a failure is looked for. */
const TAIL_LENGTH = 64 * 1024;

const MARK = '{"errorDetail"';

/** What Docker writes into the tar when it fails after the first byte: one JSON line. */
const messageIn = (tail: Uint8Array): string | undefined => {
  const text = Buffer.from(tail).toString('utf8');
  const at = text.lastIndexOf(MARK);
  if (at < 0) return undefined;
  const line = text.slice(at).split('\n', 1)[0] ?? '';
  return /"message":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? line;
};

/**
 * An engine that fails in the middle of an export has told its success already: only the end of the bytes tells.
 * @throws {ToolError} ENGINE_EXPORT_BROKEN
 */
export const checkExportEnd = async (file: ByteSource, endpoint: string): Promise<void> => {
  const length = Math.min(file.size, TAIL_LENGTH);
  const tail = await file.readAt(file.size - length, length);
  const isWhole = length >= END_LENGTH && tail.subarray(-END_LENGTH).every((byte) => byte === 0);
  if (isWhole) return;
  const message = messageIn(tail);
  throw new ToolError('ENGINE_EXPORT_BROKEN', 'the engine broke off its export', {
    subject: file.name,
    expected: 'a tar with two blocks of zeros at its end',
    found:
      message === undefined ? `${file.size} bytes without them` : `an error of the engine: ${excerpt(message, 400)}`,
    hint: `try again, and look at the log of the engine at ${endpoint}`,
  });
};
