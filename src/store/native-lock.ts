import { ToolError } from '../base/error.js';
import { systemCode } from './file.js';

/**
 * Locks of open file descriptions by `fs-native-extensions`, where it is installed: `F_OFD_SETLK` on Linux, `flock` on
 * macOS, `LockFileEx` on Windows. The kernel frees them when the process ends, whatever ends it.
 */
export interface NativeLocks {
  /** False if somebody else has it. */
  tryLock(fd: number, shared: boolean): boolean;
  unlock(fd: number): void;
}

interface Binding {
  tryLock(fd: number, offset: number, length: number, options: { readonly shared: boolean }): boolean;
  unlock(fd: number, offset: number, length: number): void;
}

/** Far behind the note about the holder, which stays readable where locks are mandatory. */
const OFFSET = 2 ** 30;
const LENGTH = 1;

const isBinding = (value: unknown): value is Binding =>
  typeof value === 'object' &&
  value !== null &&
  'tryLock' in value &&
  typeof value.tryLock === 'function' &&
  'unlock' in value &&
  typeof value.unlock === 'function';

/** The package calls functions of libuv, at which Bun and Deno end the process. */
const canLoad = !('bun' in process.versions || 'deno' in process.versions);
/** The module loader says it with a code, the system's loader of libraries in words alone. */
const isOutOfHandles = (error: unknown): boolean =>
  ['EMFILE', 'ENFILE'].includes(systemCode(error) ?? '') ||
  (error instanceof Error && /too many open files/i.test(error.message));

const load = async (): Promise<NativeLocks | undefined> => {
  if (!canLoad) return undefined;
  try {
    // @ts-ignore -- the package is optional and has no types of its own
    const module: unknown = await import('fs-native-extensions');
    const binding = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
    if (!isBinding(binding)) return undefined;
    return {
      tryLock: (fd, shared) => binding.tryLock(fd, OFFSET, LENGTH, { shared }),
      unlock: (fd) => binding.unlock(fd, OFFSET, LENGTH),
    };
  } catch (error) {
    if (isOutOfHandles(error)) {
      const hint = 'raise the limit on open files (ulimit -n)';
      throw new ToolError('TOO_MANY_FILES', 'cannot be loaded', {
        subject: 'fs-native-extensions',
        hint,
        cause: error,
      });
    }
    // Not installed, or not built for this platform: the caller has another way.
    return undefined;
  }
};

let loaded: Promise<NativeLocks | undefined> | undefined;

/**
 * Undefined where the package is not installed or has no build for this platform.
 * @throws {ToolError} TOO_MANY_FILES: that says nothing about the package, so the next call tries again
 */
export const nativeLocks = async (): Promise<NativeLocks | undefined> => {
  const attempt = (loaded ??= load());
  try {
    return await attempt;
  } catch (error) {
    if (loaded === attempt) loaded = undefined;
    throw error;
  }
};
