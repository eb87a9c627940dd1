import { promises } from 'node:fs';
import { ToolError, fromSystemError } from '../base/error.js';
import { hashHex } from '../base/hash.js';
import { utf8 } from '../base/bytes.js';
import { canonicalText } from './canonical-text.js';
import { timeText } from './clock.js';
import { isAbsent, readWhole } from './file.js';
import type { Store } from './store.js';

/** One change of the store, for people and for audits; nothing of Ingot depends on it. */
export interface JournalEntry {
  readonly operation: string;
  /** A name, a digest, or an id. */
  readonly subject: string;
  /** Digest before and after, where the change has them. */
  readonly from?: string;
  readonly to?: string;
  readonly reason?: string;
}

/** Bytes from the end in which the last line must begin. */
const TAIL = 64 * 1024;

/** A line with its own hash, which covers the hash of the line before. */
const lineOf = (members: Readonly<Record<string, unknown>>): { readonly line: string; readonly hash: string } => {
  const hash = hashHex('sha256', utf8(canonicalText(members)));
  return { line: `${canonicalText({ ...members, hash })}\n`, hash };
};

const hashOf = (line: string): string | undefined => /"hash":"([0-9a-f]{64})"/.exec(line)?.[1];

interface Tail {
  readonly hash: string;
  /** True if the file ends inside a line, since its writer was ended. */
  readonly isTorn: boolean;
}

const readTail = async (handle: promises.FileHandle): Promise<Tail> => {
  const { size } = await handle.stat();
  const length = Math.min(size, TAIL);
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, size - length);
  const text = buffer.toString('utf8', 0, bytesRead);
  const lines = text.split('\n');
  const isTorn = lines.pop() !== '';
  return { hash: hashOf(lines.at(-1) ?? '') ?? '', isTorn: isTorn && text !== '' };
};

/**
 * Adds lines at the end. The caller holds the store alone.
 * @throws {ToolError} NO_SPACE, PERMISSION_DENIED, IO
 */
export const appendJournal = async (store: Store, entries: readonly JournalEntry[]): Promise<void> => {
  if (entries.length === 0) return;
  const path = store.paths.journal;
  try {
    const handle = await promises.open(path, 'a+', 0o644);
    try {
      const tail = await readTail(handle);
      let previous = tail.hash;
      let text = tail.isTorn ? '\n' : '';
      for (const entry of entries) {
        const { line, hash } = lineOf({ ...entry, actor: store.actor, previous, time: timeText(store.now()) });
        previous = hash;
        text += line;
      }
      await handle.appendFile(text);
      if (store.config.fsync) await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fromSystemError(error, 'cannot be written', path);
  }
};

/** A line of the journal that does not hold. Lines count from 1. */
export interface JournalFault {
  readonly line: number;
  readonly what: 'torn' | 'changed' | 'out of order';
}

const checkLine = (text: string, previous: string): { readonly hash: string; readonly what?: JournalFault['what'] } => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return { hash: previous, what: 'torn' };
    const { hash, ...members } = value as Record<string, unknown>;
    if (typeof hash !== 'string' || hashHex('sha256', utf8(canonicalText(members))) !== hash) {
      return { hash: typeof hash === 'string' ? hash : previous, what: 'changed' };
    }
    return members['previous'] === previous ? { hash } : { hash, what: 'out of order' };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ToolError) return { hash: previous, what: 'torn' };
    throw error;
  }
};

/** Holds every line against its hash and the line before. @throws {ToolError} system errors */
export const checkJournal = async (store: Store): Promise<readonly JournalFault[]> => {
  const bytes = await readWhole(store.paths.journal, store.limits.storeState, 'STORE_STATE_INVALID');
  const lines = Buffer.from(bytes ?? [])
    .toString('utf8')
    .split('\n');
  const faults: JournalFault[] = [];
  let previous = '';
  for (const [at, line] of lines.entries()) {
    if (line === '') continue;
    const result = checkLine(line, previous);
    previous = result.hash;
    if (result.what !== undefined) faults.push({ line: at + 1, what: result.what });
  }
  return faults;
};

/** Puts a journal that does not hold aside; a new one begins with the next change. The caller holds the store alone. */
export const setJournalAside = async (store: Store, target: string): Promise<void> => {
  await promises.rename(store.paths.journal, target).catch((error: unknown) => {
    if (!isAbsent(error)) throw fromSystemError(error, 'cannot be put aside', store.paths.journal);
  });
};
