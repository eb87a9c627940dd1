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
  } catch {
    // Not installed, or not built for this platform: the caller has another way.
    return undefined;
  }
};

let loaded: Promise<NativeLocks | undefined> | undefined;

/** Undefined where the package is not installed or has no build for this platform. */
export const nativeLocks = (): Promise<NativeLocks | undefined> => (loaded ??= load());
