import type { Limits } from '../../base/limits.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Which engine, and how to talk to it. */
export interface EngineSettings {
  /** An endpoint: `unix:///…`, `tcp://…`, `ssh://…`, `npipe:////./pipe/…`, or the path of a socket. Wins over all else. */
  readonly host?: string;
  /** A context of docker's CLI by name. */
  readonly context?: string;
  /** `DOCKER_HOST`, `DOCKER_CONTEXT`, `CONTAINER_HOST`, `HOME` and others are read from here. */
  readonly env: Environment;
  readonly limits: Limits;
  /** Milliseconds without a byte after which an engine counts as silent; see `timeouts.ts`. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}
