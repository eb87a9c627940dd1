import { constants, promises } from 'node:fs';
import { ToolError, fromSystemError } from '../base/error.js';
import { hashHex } from '../base/hash.js';
import { utf8 } from '../base/bytes.js';
import { canonicalText } from './canonical-text.js';
import { timeText } from './clock.js';
import { isAbsent, kindOf, readWhole, statOf, syncDirectory, systemCode, tampered } from './file.js';
import { setAside } from './quarantine.js';
import type { Store } from './store.js';

/**
 * One change of the store, for people and for audits; nothing of Ingot depends on it. Of changes long ago the journal
 * forgets the oldest: at most two files of `limits.journal` bytes stay, and what one change adds.
 */
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

/** Never through a link, which could lead anywhere. */
const openToAppend = async (path: string): Promise<promises.FileHandle> => {
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
  const safe = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await promises.open(path, flags | safe, 0o644).catch((error: unknown) => {
    throw systemCode(error) === 'ELOOP' ? tampered(path, 'a symbolic link') : error;
  });
  const stat = await handle.stat();
  if (stat.isFile()) return handle;
  await handle.close();
  throw tampered(path, kindOf(stat));
};

/** The end of the journal before this one, for the first line of a new one. */
const tailBefore = async (store: Store): Promise<string> => {
  try {
    const stat = await statOf(store.paths.journalBefore);
    if (stat?.isFile() !== true) return '';
    const handle = await promises.open(store.paths.journalBefore, 'r');
    try {
      return (await readTail(handle)).hash;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isAbsent(error)) return '';
    throw error;
  }
};

/**
 * Puts a journal that has grown long beside the one to come, in the place of an older one. Whatever ends the process
 * here, the next line finds the hash that it follows: a journal that is not there yet goes on from the one before.
 */
const rotate = async (store: Store): Promise<void> => {
  const { journal, journalBefore, state } = store.paths;
  const stat = await statOf(journal);
  if (stat === undefined || stat.size < store.limits.journal) return;
  await promises.rename(journal, journalBefore);
  if (store.config.fsync) await syncDirectory(state);
};

/**
 * Adds lines at the end. The caller holds the store alone.
 * @throws {ToolError} NO_SPACE, PERMISSION_DENIED, IO
 */
export const appendJournal = async (store: Store, entries: readonly JournalEntry[]): Promise<void> => {
  if (entries.length === 0) return;
  const path = store.paths.journal;
  try {
    await rotate(store);
    const handle = await openToAppend(path);
    try {
      const tail = await readTail(handle);
      let previous = tail.hash === '' ? await tailBefore(store) : tail.hash;
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
  readonly path: string;
  readonly line: number;
  readonly what: 'torn' | 'changed' | 'out of order';
}

/** @param previous undefined where the line before is not known any more */
const checkLine = (
  text: string,
  previous: string | undefined,
): { readonly hash: string; readonly what?: JournalFault['what'] } => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return { hash: previous ?? '', what: 'torn' };
    const { hash, ...members } = value as Record<string, unknown>;
    if (typeof hash !== 'string' || hashHex('sha256', utf8(canonicalText(members))) !== hash) {
      return { hash: typeof hash === 'string' ? hash : (previous ?? ''), what: 'changed' };
    }
    const isNext = previous === undefined || members['previous'] === previous;
    return isNext ? { hash } : { hash, what: 'out of order' };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ToolError) return { hash: previous ?? '', what: 'torn' };
    throw error;
  }
};

/** Holds every line against its hash and the line before, across both files. @throws {ToolError} system errors */
export const checkJournal = async (store: Store): Promise<readonly JournalFault[]> => {
  const { journal, journalBefore } = store.paths;
  const faults: JournalFault[] = [];
  let previous: string | undefined = '';
  for (const path of [journalBefore, journal]) {
    const bytes = await readWhole(path, store.limits.storeState, 'STORE_STATE_INVALID');
    // What the older file goes on from has been replaced long ago.
    if (path === journalBefore && bytes !== undefined) previous = undefined;
    const lines = Buffer.from(bytes ?? [])
      .toString('utf8')
      .split('\n');
    for (const [at, line] of lines.entries()) {
      if (line === '') continue;
      const result = checkLine(line, previous);
      previous = result.hash;
      if (result.what !== undefined) faults.push({ path, line: at + 1, what: result.what });
    }
  }
  return faults;
};

/** Puts a journal that does not hold aside; a new one begins with the next change. The caller holds the store alone. */
export const setJournalAside = async (store: Store): Promise<void> => {
  for (const path of [store.paths.journalBefore, store.paths.journal]) await setAside(store, path);
};
