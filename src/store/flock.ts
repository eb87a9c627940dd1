import { type ChildProcess, spawn } from 'node:child_process';
import { ToolError, fromSystemError } from '../base/error.js';
import { systemCode } from './file.js';

/**
 * Locks by the program flock(1), of util-linux or busybox. It locks a descriptor that it inherits, so the lock belongs
 * to the open file of this process and the kernel frees it with that, whatever ends the process.
 */

export const noFlock = (cause: unknown): ToolError =>
  new ToolError('STORE_LOCK_UNAVAILABLE', 'there is no way to lock the store', {
    expected: 'the package fs-native-extensions, or the program flock',
    hint: 'install fs-native-extensions beside Ingot, or flock (util-linux)',
    cause,
  });

export interface FlockRequest {
  readonly fd: number;
  readonly shared: boolean;
  /** Milliseconds; 0 does not wait. */
  readonly wait: number;
  readonly signal?: AbortSignal;
}

const ended = (child: ChildProcess): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) => resolve(status ?? undefined));
  });

/**
 * False if the time is over and somebody else still has it.
 * @throws {ToolError} STORE_LOCK_UNAVAILABLE, IO; the reason of the signal
 */
export const flock = async ({ fd, shared, wait, signal }: FlockRequest): Promise<boolean> => {
  signal?.throwIfAborted();
  // busybox has no -w: whoever waits ends the program instead.
  const args = [...(wait === 0 ? ['-n'] : []), shared ? '-s' : '-x', '3'];
  const child = spawn('flock', args, { stdio: ['ignore', 'ignore', 'ignore', fd] });
  const stop = (): void => {
    child.kill('SIGKILL');
  };
  const timer = wait === 0 ? undefined : setTimeout(stop, wait);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const status = await ended(child);
    if (status === 0) return true;
    signal?.throwIfAborted();
    // 1: somebody else has it. Ended by this process: the time is over.
    if (status === 1 || status === undefined) return false;
    // A shell or busybox that has no such program.
    if (status === 127) throw noFlock(new Error('exit 127'));
    throw new ToolError('STORE_LOCK_UNAVAILABLE', 'flock failed', {
      found: `exit ${status}`,
      hint: 'put the store on a file system with working locks',
    });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw noFlock(error);
    if (signal?.aborted === true) throw error;
    throw fromSystemError(error, 'flock cannot be run');
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
};
