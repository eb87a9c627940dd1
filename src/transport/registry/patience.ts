import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a registry is waited for, and how often it is asked. Times are in milliseconds. */
export interface Patience {
  /** Until a connection stands, TLS included. */
  readonly connect: number;
  /** From the last byte of a request to the headers of its answer. */
  readonly header: number;
  /** Without a byte, or with less than {@link Patience.slowest} bytes, in the middle of a body. */
  readonly idle: number;
  /** Bytes of a body that must come in {@link Patience.idle}. */
  readonly slowest: number;
  /** Attempts at one request, the first included. */
  readonly attempts: number;
  /** The longest single wait between two attempts; a registry that asks for more is not waited for. */
  readonly longestWait: number;
  /** From the first attempt at a request to the start of its last. */
  readonly total: number;
  /** For a credential helper to answer. */
  readonly helper: number;
}

export const DEFAULT_PATIENCE: Patience = {
  connect: 30_000,
  header: 120_000,
  idle: 60_000,
  slowest: 1024,
  attempts: 5,
  longestWait: 60_000,
  total: 300_000,
  helper: 60_000,
};

/** The clock and the chance that waiting needs; nothing of them reaches an output. */
export interface Timing {
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 up to, but not, 1. */
  random(): number;
  /** @throws the reason of the signal */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

const GRAIN = 2 ** 32;

export const SYSTEM_TIMING: Timing = {
  now: () => Math.floor(performance.timeOrigin + performance.now()),
  random: () => randomInt(GRAIN) / GRAIN,
  sleep: async (milliseconds, signal) => {
    try {
      await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
