import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a torture run is made of. */
export interface TortureSettings {
  readonly root: string;
  /** Directory for what the processes write down. */
  readonly logs: string;
  readonly seconds: number;
  readonly writers: number;
  readonly collectors: number;
  readonly seed: number;
}

export interface TortureResult {
  readonly operations: number;
  /** Blobs that collectors removed. */
  readonly removed: number;
  /** Processes ended at a random moment, and at a step of the store, by step. */
  readonly killed: number;
  readonly killedAt: Readonly<Record<string, number>>;
  readonly violations: readonly Readonly<Record<string, unknown>>[];
  /** What each name may mean when everything is over; null for nothing. */
  readonly allowed: ReadonlyMap<string, readonly (string | null)[]>;
}

const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url));
const BUILT = fileURLToPath(new URL('../../dist/store/store.js', import.meta.url));

const WRITER_STEPS = ['lease-written', 'blob-written', 'blob-linked', 'index-written', 'index-renamed', 'refs-written'];
const COLLECTOR_STEPS = ['sweep-begun', 'blob-removed', 'index-written', 'index-renamed'];

/** Points at which processes end themselves. */
export const KILL_STEPS: ReadonlySet<string> = new Set([...WRITER_STEPS, ...COLLECTOR_STEPS]);

const LONGEST_LIFE = 1500;

class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return (this.#state >>> 8) % limit;
  }
}

interface Line {
  readonly what: string;
  readonly name?: string;
  readonly to?: string | null;
  readonly step?: string;
  readonly removed?: number;
}

const linesOf = (path: string): readonly Line[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('exit', () => resolve());
  });

/** One place at the store: a process is in it all the time, a new one as soon as the last has ended. */
const keepBusy = async (role: string, settings: TortureSettings, random: Random, until: number): Promise<number> => {
  const isCollector = role.startsWith('collector');
  const steps = isCollector ? COLLECTOR_STEPS : WRITER_STEPS;
  let killed = 0;
  while (Date.now() < until) {
    const atStep = random.below(2) === 0;
    const step = atStep ? [steps[random.below(steps.length)] ?? '', String(1 + random.below(12))] : [];
    const args = [WORKER, settings.root, join(settings.logs, role), role, String(random.below(2 ** 24)), ...step];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const life = Math.min(until - Date.now(), atStep ? 2 * LONGEST_LIFE : 100 + random.below(LONGEST_LIFE));
    const timer = setTimeout(() => {
      killed += 1;
      child.kill('SIGKILL');
    }, life);
    await ended(child);
    clearTimeout(timer);
  }
  return killed;
};

const allowedBy = (lines: readonly Line[]): ReadonlyMap<string, readonly (string | null)[]> => {
  const allowed = new Map<string, readonly (string | null)[]>();
  let pending: Line | undefined;
  for (const line of lines) {
    const { what, name = '', to = null } = line;
    if (what === 'begin') {
      pending = line;
      allowed.set(name, [...(allowed.get(name) ?? [null]), to]);
    }
    if (what === 'end' && pending?.name !== undefined) allowed.set(pending.name, [pending.to ?? null]);
    if (what === 'is') allowed.set(name, [to]);
  }
  return allowed;
};

/** Lets processes work on a store, and ends them, for some seconds. The store must be there. */
export const torture = async (settings: TortureSettings): Promise<TortureResult> => {
  if (!existsSync(BUILT)) throw new Error('the torture run needs the built program: make build');
  mkdirSync(settings.logs, { recursive: true });
  const until = Date.now() + settings.seconds * 1000;
  const roles = [
    ...Array.from({ length: settings.writers }, (_, index) => `writer-${index}`),
    ...Array.from({ length: settings.collectors }, (_, index) => `collector-${index}`),
  ];
  const killed = await Promise.all(
    roles.map((role, index) => keepBusy(role, settings, new Random(settings.seed + index), until)),
  );
  const logs = readdirSync(settings.logs).map((name) => linesOf(join(settings.logs, name)));
  const lines = logs.flat();
  const killedAt: Record<string, number> = {};
  for (const { what, step = '' } of lines) if (what === 'kill') killedAt[step] = (killedAt[step] ?? 0) + 1;
  return {
    operations: lines.filter(({ what }) => what === 'operation').length,
    removed: lines.reduce((sum, { removed = 0 }) => sum + removed, 0),
    killed: killed.reduce((sum, count) => sum + count, 0),
    killedAt,
    violations: lines.filter(({ what }) => what === 'violation').map((line) => ({ ...line })),
    allowed: new Map(logs.flatMap((log) => [...allowedBy(log)])),
  };
};
