import { spawn } from 'node:child_process';
import { accessSync, constants, readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Which generation of a foreign program: `stable` is what Debian 12 installs, `newer` is what
 * `.ci/install-peers` unpacked from Debian sid.
 */
export type Generation = 'stable' | 'newer';

/** What a finished program left behind. `code` is `null` when a signal ended it. */
export interface ProgramResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Written to stdin, which is closed afterwards. Without it stdin is empty. */
  readonly input?: Uint8Array | string;
  /** Milliseconds until SIGKILL. Default 120 000. */
  readonly timeout?: number;
}

/** A background program of a test. */
export interface Daemon {
  readonly pid: number;
  /** Everything it has written to stdout and stderr so far. */
  log(): string;
  exited(): boolean;
  /** SIGTERM, after `grace` milliseconds (default 10 000) SIGKILL; resolves when it is gone. */
  stop(grace?: number): Promise<void>;
}

/** A private temporary directory. */
export interface Scratch {
  readonly path: string;
  /** Ends what still runs with a path below, unmounts what is mounted below, deletes everything. */
  remove(): Promise<void>;
}

const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The folder of the newer generation's programs. */
export function newerFolder(): string {
  return join(process.env['INGOT_PEERS_DIR'] ?? '/var/cache/ingot-peers', 'bin');
}

/** The absolute path of a program, or `undefined`. Debian's own version wins over `PATH`. */
export function findProgram(name: string, generation: Generation = 'stable'): string | undefined {
  const folders =
    generation === 'newer'
      ? [newerFolder()]
      : [...SYSTEM_FOLDERS, ...(process.env['PATH'] ?? '').split(':').filter((it) => it !== '')];
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not there: the next folder
    }
  }
  return undefined;
}

/** The absolute path of a program; throws when it is not installed. */
export function requireProgram(name: string, generation: Generation = 'stable'): string {
  const path = findProgram(name, generation);
  if (path === undefined) {
    throw new Error(`${name} (${generation}) is not installed; run .ci/install-peers`);
  }
  return path;
}

/**
 * Whether a test that runs these programs can run: `test.skipIf(!peerAvailable("podman"))`. With
 * `INGOT_REQUIRE_PEERS=1` a missing program is an error instead, so that no test skips unseen.
 */
export function peerAvailable(name: string | readonly string[], generation: Generation = 'stable'): boolean {
  const names = typeof name === 'string' ? [name] : name;
  if (process.env['INGOT_REQUIRE_PEERS'] === '1') {
    for (const it of names) requireProgram(it, generation);
    return true;
  }
  return names.every((it) => findProgram(it, generation) !== undefined);
}

/** Whether engines can run: they need root. With `INGOT_REQUIRE_PEERS=1` anyone else is an error. */
export function rootAvailable(): boolean {
  const root = process.getuid?.() === 0;
  if (!root && process.env['INGOT_REQUIRE_PEERS'] === '1') throw new Error('the peer tests need root');
  return root;
}

/** Runs a program to its end; a non-zero exit is a result, a program that cannot start throws. */
export function runProgram(file: string, args: readonly string[], options: RunOptions = {}): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeout ?? 120_000,
      killSignal: 'SIGKILL',
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => {
      // a program that does not read its input closes the pipe: its exit code tells
    });
    child.stdin.end(options.input);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({
        code,
        signal,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString('utf8'),
      });
    });
  });
}

/** Runs a program and throws, with its stderr, unless it exits with 0. */
export async function runChecked(
  file: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<ProgramResult> {
  const result = await runProgram(file, args, options);
  if (result.code !== 0) {
    const how = result.code === null ? `signal ${String(result.signal)}` : `exit ${result.code}`;
    throw new Error(
      `${file} ${args.join(' ')}: ${how}\n${result.stderr}${result.stdout.toString('utf8').slice(0, 2000)}`,
    );
  }
  return result;
}

/** Makes a private temporary directory. Its path is short: unix sockets allow 107 bytes. */
export async function makeScratch(label: string): Promise<Scratch> {
  const path = await mkdtemp(join(tmpdir(), `ingot-${label}-`));
  return {
    path,
    async remove(): Promise<void> {
      await endProcessesBelow(path);
      await unmountBelow(path);
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/**
 * Waits up to five seconds for programs that name a path below `path` in their arguments (shims,
 * monitors, their clean-up commands), then kills them. `path` is a private temporary directory, so
 * that they can only be descendants of this test.
 */
async function endProcessesBelow(path: string): Promise<void> {
  const deadline = Date.now() + 5000;
  for (;;) {
    const pids = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .filter((name) => argumentsOf(name).some((argument) => argument.includes(`${path}/`)));
    if (pids.length === 0) return;
    if (Date.now() > deadline) {
      for (const pid of pids) killIfThere(Number(pid));
    }
    await delay(50);
  }
}

function argumentsOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // it has ended meanwhile
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}

/** Unmounts everything at or below a directory, the deepest first. */
export async function unmountBelow(path: string): Promise<void> {
  const points = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => decodeMountPath(line.split(' ')[4] ?? ''))
    .filter((point) => point === path || point.startsWith(`${path}/`));
  for (const point of points.reverse()) {
    await runProgram('umount', ['--lazy', '--', point]);
  }
}

function decodeMountPath(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

export interface DaemonOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Asked again and again with the log so far until it is true. */
  ready(log: string): boolean | Promise<boolean>;
  /** Milliseconds until a daemon that is not ready counts as failed. Default 30 000. */
  readonly timeout?: number;
}

/**
 * Starts a background program and waits until it is ready. It dies with this process, even if this
 * process is killed (`setpriv --pdeathsig`).
 */
export async function startDaemon(file: string, args: readonly string[], options: DaemonOptions): Promise<Daemon> {
  const guard = findProgram('setpriv');
  const [command, commandArgs] =
    guard === undefined ? [file, [...args]] : [guard, ['--pdeathsig', 'TERM', file, ...args]];
  const child = spawn(command, commandArgs, {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  let gone = false;
  const append = (chunk: Buffer): void => {
    log += chunk.toString('utf8');
  };
  child.stdout.on('data', append);
  child.stderr.on('data', append);
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => {
      gone = true;
      resolve();
    });
    child.on('error', (error) => {
      log += String(error);
      gone = true;
      resolve();
    });
  });
  const killNow = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', killNow);

  const daemon: Daemon = {
    pid: child.pid ?? -1,
    log: () => log,
    exited: () => gone,
    async stop(grace = 10_000): Promise<void> {
      process.removeListener('exit', killNow);
      if (gone) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), grace);
      await ended;
      clearTimeout(timer);
    },
  };

  const deadline = Date.now() + (options.timeout ?? 30_000);
  for (;;) {
    if (gone) throw new Error(`${file} ended while starting\n${log}`);
    if (await options.ready(log)) return daemon;
    if (Date.now() > deadline) {
      await daemon.stop();
      throw new Error(`${file} did not become ready\n${log}`);
    }
    await delay(50);
  }
}

/** Resolves after some milliseconds. */
export function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
