import { constants, promises } from 'node:fs';
import { hostname } from 'node:os';
import { ToolError, fromSystemError } from '../base/error.js';
import { excerpt } from '../base/escape.js';
import { canonicalText } from './canonical-text.js';
import { isAbsent, isUnwritable, systemCode, tampered } from './file.js';
import { flock } from './flock.js';
import { nativeLocks } from './native-lock.js';

/**
 * Locks that the kernel frees when their holder ends. Nothing here looks at times or at process numbers to find out
 * whether a holder lives.
 *
 * `ofd`: locks of `fs-native-extensions`; `flock`: those of flock(1). On Linux the two do not see each other, so every
 * store records the one that all its users take.
 */
export type LockKind = 'ofd' | 'flock';

export interface LockRequest {
  readonly path: string;
  readonly mode: 'exclusive' | 'shared';
  readonly kind: LockKind;
  /** Milliseconds; 0 does not wait. */
  readonly wait: number;
  /** What the holder does, for those who wait. */
  readonly purpose: string;
  readonly signal?: AbortSignal;
}

export interface Lock {
  /** Once is enough; again does nothing. */
  release(): Promise<void>;
}

const NOTE_LIMIT = 1024;

/** First and longest pause between two tries, in milliseconds. */
const PAUSE = { first: 2, longest: 40 } as const;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const tryNative = async (fd: number, request: LockRequest): Promise<boolean> => {
  const native = await nativeLocks();
  if (native === undefined) {
    throw new ToolError('STORE_LOCK_UNAVAILABLE', 'the store is locked in a way that is not to be had here', {
      subject: request.path,
      expected: 'the package fs-native-extensions',
      hint: 'install fs-native-extensions beside Ingot, or run ingot store migrate --lock flock where it is installed',
    });
  }
  const end = performance.now() + request.wait;
  for (let next: number = PAUSE.first; ; next = Math.min(next * 2, PAUSE.longest)) {
    request.signal?.throwIfAborted();
    if (native.tryLock(fd, request.mode === 'shared')) return true;
    if (performance.now() >= end) return false;
    await pause(next);
  }
};

const obtain = async (fd: number, request: LockRequest): Promise<boolean> => {
  if (request.kind === 'ofd') return tryNative(fd, request);
  const { wait, signal } = request;
  return flock({ fd, shared: request.mode === 'shared', wait, ...(signal === undefined ? {} : { signal }) });
};

/** Undefined for a shared lock where this process may not write and nobody has made the file. */
const openLock = async (path: string, mode: LockRequest['mode']): Promise<promises.FileHandle | undefined> => {
  const safe = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  try {
    return await promises.open(path, constants.O_RDWR | constants.O_CREAT | safe, 0o666);
  } catch (error) {
    if (systemCode(error) === 'ELOOP') throw tampered(path, 'a symbolic link');
    if (mode === 'exclusive' || !isUnwritable(error)) throw fromSystemError(error, 'cannot be locked', path);
  }
  try {
    return await promises.open(path, constants.O_RDONLY | safe);
  } catch (error) {
    if (isAbsent(error) || isUnwritable(error)) return undefined;
    throw fromSystemError(error, 'cannot be locked', path);
  }
};

/** Who has an exclusive lock, in the words that the holder left; it may be gone by now. */
const holderOf = async (handle: promises.FileHandle): Promise<string> => {
  const buffer = Buffer.alloc(NOTE_LIMIT);
  const { bytesRead } = await handle.read(buffer, 0, NOTE_LIMIT, 0).catch(() => ({ bytesRead: 0 }));
  const text = buffer.toString('utf8', 0, bytesRead);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'pid' in value && 'host' in value && 'purpose' in value) {
      return excerpt(`process ${String(value.pid)} on ${String(value.host)} (${String(value.purpose)})`);
    }
  } catch {
    // Nobody left a note, or half of one.
  }
  return 'held by another process';
};

const leaveNote = async (handle: promises.FileHandle, text: string): Promise<void> => {
  // Only for people who wait: whatever goes wrong here does not matter, and the disk may be full.
  await handle.truncate(0).catch(() => {});
  if (text !== '') await handle.write(text, 0).catch(() => {});
};

const release = async (handle: promises.FileHandle, mode: LockRequest['mode'], kind: LockKind): Promise<void> => {
  if (mode === 'exclusive') await leaveNote(handle, '');
  // flock(1) locks the open file, so closing it is enough; a native lock ends with it as well, but not on Windows.
  if (kind === 'ofd') (await nativeLocks())?.unlock(handle.fd);
  await handle.close();
};

/**
 * A lock, or undefined if somebody else keeps it for longer than this process waits.
 * @throws {ToolError} STORE_LOCK_UNAVAILABLE, PERMISSION_DENIED and other system errors
 */
const tryLock = async (request: LockRequest): Promise<{ readonly lock: Lock } | { readonly holder: string }> => {
  const handle = await openLock(request.path, request.mode);
  if (handle === undefined) return { lock: { release: async () => {} } };
  try {
    if (!(await obtain(handle.fd, request))) {
      const holder = await holderOf(handle);
      await handle.close();
      return { holder };
    }
  } catch (error) {
    await handle.close().catch(() => {});
    throw error;
  }
  if (request.mode === 'exclusive') {
    await leaveNote(handle, canonicalText({ host: hostname(), pid: process.pid, purpose: request.purpose }));
  }
  let released: Promise<void> | undefined;
  return { lock: { release: () => (released ??= release(handle, request.mode, request.kind)) } };
};

/**
 * Waits for a lock as long as the request says. A shared lock where this process may not write is taken on the file as
 * it is; without a file there is nothing to lock, since nobody has written.
 * @throws {ToolError} STORE_LOCKED, STORE_LOCK_UNAVAILABLE, PERMISSION_DENIED and other system errors
 */
export const acquireLock = async (request: LockRequest): Promise<Lock> => {
  const result = await tryLock(request);
  if ('lock' in result) return result.lock;
  throw new ToolError('STORE_LOCKED', 'another process uses the store', {
    subject: request.path,
    expected: `the ${request.mode} lock within ${Math.ceil(request.wait / 1000)} s`,
    found: result.holder,
    hint: 'wait until it is done, or end it; the lock goes with the process',
  });
};

/** Whether somebody holds a file alone. Any number of processes may look at once. @throws as {@link acquireLock} */
export const isLocked = async (path: string, kind: LockKind): Promise<boolean> => {
  const result = await tryLock({ path, kind, mode: 'shared', wait: 0, purpose: 'look' });
  if ('holder' in result) return true;
  await result.lock.release();
  return false;
};

/** Whether locks on a file exclude each other there, as they do not on every network file system. */
export const locksWork = async (path: string, kind: LockKind): Promise<boolean> => {
  const first = await tryLock({ path, kind, mode: 'exclusive', wait: 0, purpose: 'test' });
  // Somebody else has it: then they do.
  if ('holder' in first) return true;
  try {
    return await isLocked(path, kind);
  } finally {
    await first.lock.release();
  }
};

/** The kind of lock that a new store gets. @throws {ToolError} STORE_LOCK_UNAVAILABLE */
export const chooseLockKind = async (): Promise<LockKind> => ((await nativeLocks()) === undefined ? 'flock' : 'ofd');
