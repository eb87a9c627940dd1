import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT, golden } from './support/run.js';
import { inScratch } from './support/scratch.js';

inScratch();

const BIN = `${ROOT}dist/cli/bin.js`;
const APP = golden('app/docker-save.tar');
const MIB = 1024 * 1024;

/** The machine that checks everything builds first; elsewhere the program may not be built. */
const built = existsSync(BIN) || process.env['CI'] !== undefined;

const env = (more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({ ...process.env, ...more });

const shell = (script: string): { status: number | null; stdout: string; stderr: string } => {
  const ingot = `ingot() { "${process.execPath}" "${BIN}" "$@"; }`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `${ingot}\n${script}`], { encoding: 'utf8', env: env() });
  return { status, stdout, stderr };
};

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

const start = (argv: readonly string[], temporary: string): { child: ChildProcess; ended: Promise<Ended> } => {
  const child = spawn(process.execPath, [BIN, ...argv], {
    env: env({ TMPDIR: temporary }),
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  // The input of a process that ends early is closed for us, which is no surprise here.
  child.stdin?.on('error', () => {});
  const ended = new Promise<Ended>((resolve) => child.on('close', (code, signal) => resolve({ code, signal, stderr })));
  return { child, ended };
};

const until = async (condition: () => boolean): Promise<void> => {
  for (let left = 10_000; !condition(); left--) {
    if (left === 0) throw new Error('it never happened');
    await sleep(1);
  }
};

/** A layout with one layer of zeros, which takes a while to copy and little disk to hold. */
const makeLarge = (path: string, size: number): void => {
  const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  const zeros = createHash('sha256');
  const chunk = new Uint8Array(MIB);
  for (let at = 0; at < size; at += MIB) zeros.update(chunk);
  const layer = zeros.digest('hex');
  mkdirSync(`${path}/blobs/sha256`, { recursive: true });
  const put = (text: string): { digest: string; size: number } => {
    const bytes = Buffer.from(text);
    writeFileSync(`${path}/blobs/sha256/${sha256(bytes)}`, bytes);
    return { digest: `sha256:${sha256(bytes)}`, size: bytes.length };
  };
  writeFileSync(`${path}/blobs/sha256/${layer}`, '');
  truncateSync(`${path}/blobs/sha256/${layer}`, size);
  const type = 'application/vnd.oci.image';
  const config = put(
    JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] } }),
  );
  const manifest = put(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${type}.manifest.v1+json`,
      config: { mediaType: `${type}.config.v1+json`, ...config },
      layers: [{ mediaType: `${type}.layer.v1.tar`, digest: `sha256:${layer}`, size }],
    }),
  );
  writeFileSync(`${path}/oci-layout`, '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(
    `${path}/index.json`,
    JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType: `${type}.manifest.v1+json`, ...manifest }] }),
  );
};

describe.skipIf(!built)('the program', () => {
  beforeAll(() => {
    makeLarge('large', 384 * MIB);
  }, 60_000);

  it('is there', () => {
    expect(existsSync(BIN)).toBe(true);
    expect(readFileSync(BIN, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('loads no operation to tell its version', () => {
    // A hook that tells what is loaded, before the program is.
    const hook = `import { writeSync } from 'node:fs';
      export const load = (url, context, next) => { writeSync(1, url + '\\n'); return next(url, context); };`;
    const script = `import { register } from 'node:module';
      process.argv = ['node', 'ingot', '--version'];
      register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));
      await import(${JSON.stringify(`file://${BIN}`)});`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(stdout).toContain('ingot 0.');
    const loaded = stdout.split('\n').filter((line) => line.startsWith('file:'));
    expect(loaded.length).toBeGreaterThan(3);
    expect(loaded.filter((url) => /\/operation\/|node_modules|\/commands\//.test(url))).toStrictEqual([]);
  });

  it('ends quietly when its reader has seen enough', () => {
    const { stderr, stdout } = shell(`ingot save large -o - | head -c 10 >/dev/null; echo "\${PIPESTATUS[0]}"`);
    expect({ stdout, stderr }).toStrictEqual({ stdout: '4\n', stderr: '' });
    expect(shell(`ingot ls ${APP} | head -1`)).toMatchObject({ status: 0, stdout: 'data\n', stderr: '' });
  });

  it.skipIf(!existsSync('/dev/full'))('says when the disk is full', () => {
    expect(shell(`ingot save ${APP} -o - > /dev/full`)).toMatchObject({
      status: 4,
      stderr: expect.stringMatching(/^ingot: NO_SPACE: /) as unknown,
    });
    expect(shell(`ingot inspect ${APP} --json > /dev/full`)).toMatchObject({ status: 4 });
    expect(shell(`ingot save ${APP} -o /dev/full`)).toMatchObject({ status: 4 });
  });

  it('works without standard input, output or error', () => {
    expect(shell(`ingot digest ${APP} <&-`)).toMatchObject({ status: 0, stderr: '' });
    expect(shell(`ingot save ${APP} -o closed.tar <&- >&- 2>&-`)).toMatchObject({ status: 0 });
    expect(shell(`ingot inspect none 2>&-`)).toMatchObject({ status: 4, stdout: '' });
    expect(existsSync('closed.tar')).toBe(true);
  });

  it('writes all of a long result into a slow pipe', () => {
    const { stdout } = shell(`ingot save ${golden('hybrid/classic-trio.tar')} -o - | (sleep 0.3; wc -c)`);
    const { stdout: whole } = shell(
      `ingot save ${golden('hybrid/classic-trio.tar')} -o whole.tar --json | grep '"size"'`,
    );
    expect(whole).toContain(stdout.trim());
  });

  it.for<['SIGINT' | 'SIGTERM', number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('leaves everything as it was after %s', async ([signal, code]) => {
    const place = `stop-${signal}`;
    mkdirSync(`${place}/tmp`, { recursive: true });
    writeFileSync(`${place}/out.tar`, 'as it was');
    const { child, ended } = start(['save', 'oci:large', '-o', `${place}/out.tar`], `${place}/tmp`);
    await until(() => readdirSync(place).some((name) => name.endsWith('.partial')));
    child.kill(signal);
    expect(await ended).toMatchObject({ code, signal: null });
    expect(readFileSync(`${place}/out.tar`, 'utf8')).toBe('as it was');
    expect(readdirSync(place).toSorted()).toStrictEqual(['out.tar', 'tmp']);
    expect(readdirSync(`${place}/tmp`)).toStrictEqual([]);
  });

  it('stops while it waits for standard input', async () => {
    mkdirSync('wait/tmp', { recursive: true });
    const { child, ended } = start(['save', '-', '-o', 'wait/out.tar'], 'wait/tmp');
    child.stdin?.write(new Uint8Array(MIB));
    await until(() => readdirSync('wait/tmp').length > 0);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 143, stderr: 'ingot: TERMINATED: stopped by SIGTERM\n' });
    expect(readdirSync('wait/tmp')).toStrictEqual([]);
    expect(readdirSync('wait')).toStrictEqual(['tmp']);
  });

  it('ends at once at the second signal', async () => {
    // Nobody reads the FIFO, so that opening it for writing never returns.
    if (shell('mkfifo fifo').status !== 0) return;
    const { child, ended } = start(['save', APP, '-o', 'fifo'], '.');
    await sleep(1500);
    child.kill('SIGINT');
    await sleep(200);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: null, signal: 'SIGINT' });
  });

  it('completes words in a real shell', () => {
    const completed = (...words: string[]): string => {
      const list = words.map((word) => `'${word}'`).join(' ');
      return shell(
        `source <(ingot completion bash); COMP_WORDS=(ingot ${list}); COMP_CWORD=${words.length}; _ingot; echo "\${COMPREPLY[*]}"`,
      ).stdout;
    };
    expect(completed('s')).toBe('save store\n');
    expect(completed('')).toMatch(/^save load copy verify .* --version\n$/);
    expect(completed('save', '--dro')).toBe('--drop-referrers\n');
    expect(completed('save', '-q', '--profile', '')).toBe('hybrid-1 oci-1\n');
    expect(completed('verify', '--exp')).toBe('--expect\n');
    expect(completed('completion', 'f')).toBe('fish\n');
    expect(completed('save', 'gol')).toBe('\n');
  });

  it('completes names of the store in a real shell', () => {
    shell(`ingot copy ${ROOT}golden/inputs/hybrid/containerd-two.tar store: --store names`);
    // A name that another tool has put there, and that a shell would run.
    const index = JSON.parse(readFileSync('names/index.json', 'utf8')) as { manifests: { annotations: object }[] };
    const [first] = index.manifests;
    const evil = { ...first, annotations: { 'org.opencontainers.image.ref.name': '$(touch evil)' } };
    writeFileSync('names/index.json', JSON.stringify({ ...index, manifests: [...index.manifests, evil] }));
    const completed = (line: string, breaks = ' :'): string =>
      shell(
        `export INGOT_STORE=names; source <(ingot completion bash); COMP_WORDBREAKS='${breaks}'; COMP_LINE='${line}'; ` +
          `COMP_POINT=\${#COMP_LINE}; read -ra COMP_WORDS <<<"$COMP_LINE "; COMP_CWORD=2; _ingot; echo "\${COMPREPLY[*]}"`,
      ).stdout;
    expect(completed('ingot rmi registry')).toBe('registry.example/demo/app:1.0 registry.example/demo/tool:2\n');
    expect(completed('ingot tag registry.example/demo/app:')).toBe('1.0\n');
    expect(completed('ingot tag registry.example/demo/app:', ' ')).toBe('registry.example/demo/app:1.0\n');
    expect(completed('ingot rmi $')).toBe('\n');
    expect(completed('ingot images registry')).toBe('\n');
    expect(existsSync('evil')).toBe(false);
  });

  it('opens standard streams lazily', () => {
    const descriptor = openSync(APP, 'r');
    try {
      const { status } = spawnSync(process.execPath, [BIN, 'inspect', '-', '-q'], {
        stdio: [descriptor, 'ignore', 'ignore'],
      });
      expect(status).toBe(0);
    } finally {
      closeSync(descriptor);
    }
  });
});
