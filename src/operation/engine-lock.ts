import { ToolError } from '../base/error.js';
import { type Lock, acquireLock, chooseLockKind } from '../store/lock.js';
import type { EngineInfo } from '../transport/engine/engine.js';
import { engineLockPath } from '../transport/engine/lock-path.js';
import type { OperationContext } from './context.js';

type Located = Pick<EngineInfo, 'endpoint'>;

/** Loads take long; who waits can stop it. In milliseconds. */
const WAIT = 30 * 60 * 1000;

const obtain = async (
  info: Located,
  purpose: string,
  context: OperationContext,
  wait: number,
): Promise<Lock | undefined> => {
  const path = await engineLockPath(info, context.engine?.env ?? {});
  if (path === undefined) return undefined;
  const { signal } = context;
  try {
    const request = { path, mode: 'exclusive', kind: await chooseLockKind(), wait, purpose } as const;
    return await acquireLock({ ...request, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    // Without locks Ingot only loses what no other client of the engine has either.
    if (error instanceof ToolError && error.code === 'STORE_LOCK_UNAVAILABLE') return undefined;
    if (!(error instanceof ToolError) || error.code !== 'STORE_LOCKED') throw error;
    throw new ToolError('ENGINE_BUSY', 'another Ingot loads into this engine or prunes it', {
      ...error.details,
      subject: info.endpoint,
      hint: 'wait until it is done, or end it',
      cause: error,
    });
  }
};

/**
 * Does a piece of work that must not meet another of its kind: a load and a prune of one engine at a time disturb each
 * other, and an engine does not keep them apart. Only Ingot's own are kept apart here, on this machine.
 * @throws {ToolError} ENGINE_BUSY, and as the work
 */
export const aloneInEngine = async <T>(
  info: Located,
  purpose: string,
  context: OperationContext,
  work: () => Promise<T>,
  { lockWait = WAIT }: { readonly lockWait?: number } = {},
): Promise<T> => {
  const lock = await obtain(info, purpose, context, lockWait);
  try {
    return await work();
  } finally {
    await lock?.release();
  }
};
