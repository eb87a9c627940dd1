import { Worker } from 'node:worker_threads';

const CAPACITY = 256 * 1024;

/**
 * Ends the process when one input takes too long, since a loop without end cannot be interrupted from within. The
 * input is kept in a file, whose name goes to standard error.
 */
const CODE = `
const { workerData: { count, bytes, file, seconds } } = require('node:worker_threads');
let last = -1;
let since = 0;
setInterval(() => {
  if (Atomics.load(count, 1) === 0 || Atomics.load(count, 0) !== last) {
    last = Atomics.load(count, 0);
    since = 0;
    return;
  }
  since += 1;
  if (since < seconds) return;
  const length = Atomics.load(count, 1) - 1;
  require('node:fs').writeFileSync(file, bytes.slice(0, length));
  require('node:fs').writeSync(2, 'no end after ' + seconds + ' s: ' + file + '\\n');
  process.kill(process.pid, 'SIGKILL');
}, 1000);
`;

export class Watchdog {
  readonly #count = new Int32Array(new SharedArrayBuffer(8));
  readonly #bytes = new Uint8Array(new SharedArrayBuffer(CAPACITY));
  readonly #worker: Worker;

  /** @param file where an input without end is kept */
  constructor(file: string, seconds: number) {
    const workerData = { count: this.#count, bytes: this.#bytes, file, seconds };
    this.#worker = new Worker(CODE, { eval: true, workerData });
    this.#worker.unref();
  }

  /** To be called before an input runs. */
  begin(input: Uint8Array): void {
    const kept = input.subarray(0, CAPACITY);
    this.#bytes.set(kept);
    Atomics.add(this.#count, 0, 1);
    Atomics.store(this.#count, 1, kept.length + 1);
  }

  /** To be called after it. */
  end(): void {
    Atomics.store(this.#count, 1, 0);
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
