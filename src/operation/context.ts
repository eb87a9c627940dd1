import type { ByteStream } from '../base/bytes.js';
import { type Observer, silent } from '../base/event.js';
import { DEFAULT_LIMITS, type Limits } from '../base/limits.js';
import type { NameRules } from '../store/commit.js';
import type { RegistrySettings } from '../transport/registry/host.js';
import type { PathExists } from './location.js';

/** Which store the verbs use, and how. The command line fills it from `$INGOT_STORE` and flags. */
export interface StoreSetting {
  /** Path of the store; see `storeRoot` for the place by default. */
  readonly root: string;
  /** Milliseconds to wait for others who use the store. */
  readonly lockWait?: number;
  /** Who acts, for the journal. */
  readonly actor?: string;
  /** The clock, in milliseconds since 1970. */
  readonly now?: () => number;
  /** Take whole files of a source by another name where the file system can. */
  readonly hardLink?: boolean;
  /** Hash blobs that are in the store already. */
  readonly paranoid?: boolean;
  /** What must hold of the names that are given. */
  readonly rules?: NameRules;
}

/** Which engine `docker-daemon:` means, and how to reach it. The command line fills it from the environment and flags. */
export interface EngineSetting {
  /** An endpoint; see `findEndpoints` for the engine by default. */
  readonly host?: string;
  /** A context of docker's command line by name. */
  readonly context?: string;
  /** `DOCKER_HOST` and its kin, `HOME`, `XDG_RUNTIME_DIR`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds that the engine may say nothing. */
  readonly timeout?: number;
}

/** What every verb needs from outside; the command line fills it from flags, a program from its own settings. */
export interface OperationContext {
  readonly limits: Limits;
  /** Threads that may work on blobs at once, the caller's included. No output byte depends on it. */
  readonly threads: number;
  readonly observer: Observer;
  readonly signal?: AbortSignal;
  /** Bytes of `-` as a source. Read at most once. */
  readonly stdin?: () => ByteStream;
  readonly pathExists: PathExists;
  /** Directory for temporary files; the system's by default. */
  readonly temporary?: string;
  /** Without one, the location `store:` is not to be had. */
  readonly store?: StoreSetting;
  /** How registries are spoken to. Without it there are no credentials and no proxies. */
  readonly registry?: RegistrySettings;
  /** Without one, the location `docker-daemon:` is not to be had. */
  readonly engine?: EngineSetting;
}

export const contextWith = (
  partial: Partial<OperationContext> & Pick<OperationContext, 'pathExists'>,
): OperationContext => ({
  limits: DEFAULT_LIMITS,
  threads: 1,
  observer: silent,
  ...partial,
});
