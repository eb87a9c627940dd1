import { type Profiler, Session } from 'node:inspector';

/** Which blocks of the sources ran, as V8 counts them. */
export class BlockCoverage {
  readonly #session = new Session();
  readonly #seen = new Set<string>();
  readonly #isOurs: (url: string) => boolean;

  constructor(isOurs: (url: string) => boolean) {
    this.#isOurs = isOurs;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Blocks seen so far. */
  get size(): number {
    return this.#seen.size;
  }

  /** Blocks that ran since the last call and never before. */
  take(): readonly string[] {
    let scripts: readonly Profiler.ScriptCoverage[] = [];
    this.#session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error;
      scripts = result;
    });
    const fresh: string[] = [];
    for (const { url, scriptId, functions } of scripts) {
      if (!this.#isOurs(url)) continue;
      for (const { ranges } of functions) {
        for (const { startOffset, endOffset, count } of ranges) {
          const key = `${scriptId}:${startOffset}-${endOffset}`;
          if (count > 0 && !this.#seen.has(key)) fresh.push(key);
        }
      }
    }
    return fresh;
  }

  add(blocks: readonly string[]): void {
    for (const block of blocks) this.#seen.add(block);
  }

  stop(): void {
    this.#session.post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }
}
