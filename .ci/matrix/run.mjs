/**
 * Runs the probe on every lane of the matrix and holds the tables against each other: any difference, a lane that fails
 * and an empty table are failures.
 *
 *     node .ci/matrix/run.mjs [--list] [--write] [--keep-going] all | ci | LANE...
 *
 * `--write` puts the results of a run of all lanes into docs/platforms.md.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, cpSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare } from './compare.mjs';
import { LANES, REFERENCE } from './lanes.mjs';

const here = fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '');
const project = fileURLToPath(new URL('../../', import.meta.url));
const dir = process.env.INGOT_MATRIX_DIR ?? '/var/cache/ingot-matrix';
const app = join(dir, 'app');
const out = join(dir, 'out');

const args = process.argv.slice(2);
const flags = args.filter((arg) => arg.startsWith('--'));
const names = args.filter((arg) => !arg.startsWith('--'));
if (flags.includes('--list')) {
  for (const { id, what, ci } of LANES) console.log(`${id.padEnd(22)} ${ci ? 'ci ' : '   '} ${what}`);
}
const wanted = (lane) => names.includes('all') || names.includes(lane.id) || (names.includes('ci') && lane.ci === true);
const unknown = names.filter((name) => name !== 'all' && name !== 'ci' && !LANES.some(({ id }) => id === name));
if (names.length === 0 || unknown.length > 0) {
  console.error(unknown.length > 0 ? `no such lane: ${unknown.join(', ')}` : 'which lanes? all, ci, or names (--list)');
  process.exitCode = 2;
}
const lanes = LANES.filter((lane) => wanted(lane) || lane.id === REFERENCE);

const run = (program, argv, options = {}) =>
  spawnSync(program, argv, { stdio: ['ignore', 'inherit', 'inherit'], ...options });

/** What is built here, and the packages that it has at run time, below the directory that all lanes see. */
const prepare = () => {
  mkdirSync(out, { recursive: true });
  rmSync(app, { recursive: true, force: true });
  mkdirSync(app);
  for (const name of ['package.json', 'package-lock.json', 'dist', 'schemas', 'golden', 'test/matrix']) {
    cpSync(join(project, name), join(app, name), { recursive: true });
  }
  const npm = run('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: app,
  });
  if (npm.status !== 0) throw new Error('npm ci failed');
};

const environment = () => {
  const { PATH, HOME, npm_config_registry: registry } = process.env;
  return {
    PATH: `${PATH}:/usr/sbin:/sbin`,
    HOME,
    ...(registry === undefined ? {} : { npm_config_registry: registry }),
    NO_COLOR: '1',
    INGOT_MATRIX_DIR: dir,
    DENO_DIR: join(dir, 'deno'),
    DENO_NO_UPDATE_CHECK: '1',
  };
};

const tail = (path) => readFileSync(path, 'utf8').trimEnd().split('\n').slice(-12).join('\n');

const runLane = (lane) => {
  const table = join(out, `${lane.id}.json`);
  const log = join(out, `${lane.id}.log`);
  // A lane may run as another user.
  writeFileSync(table, '');
  chmodSync(table, 0o666);
  // Files, not pipes: Windows programs under wine cannot use pipes of the host.
  const handle = openSync(log, 'w');
  const begun = process.hrtime.bigint();
  let status;
  try {
    const [program, ...argv] = lane.command(dir, here);
    ({ status } = spawnSync(program, [...argv, `../out/${lane.id}.json`, lane.codecs], {
      cwd: app,
      env: environment(),
      stdio: ['ignore', handle, handle],
      timeout: 30 * 60 * 1000,
      killSignal: 'SIGKILL',
    }));
  } finally {
    closeSync(handle);
  }
  const seconds = Number((process.hrtime.bigint() - begun) / 1_000_000n) / 1000;
  try {
    return { lane, seconds, ...JSON.parse(readFileSync(table, 'utf8')), failed: status !== 0, log };
  } catch {
    return {
      lane,
      seconds,
      runtime: '-',
      arch: '-',
      platform: '-',
      endianness: '-',
      table: {},
      refused: [],
      failed: true,
      log,
    };
  }
};

/** Whether all that a lane needs is there or could be fetched. A mirror in the middle of a change is tried again. */
const setUp = ({ id, needs }) => {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    if (run(join(here, 'setup'), needs, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0) return true;
  }
  console.log(`${id}: what it needs could not be fetched`);
  return false;
};

const runAll = () => {
  prepare();
  const results = [];
  let reference;
  let bad = 0;
  for (const lane of lanes) {
    if (!setUp(lane)) {
      bad += 1;
      continue;
    }
    const result = runLane(lane);
    reference ??= result.table;
    const { count, different, missing, isIdentical } = compare(result.table, reference, lane.codecs);
    const isBad = result.failed || !isIdentical;
    if (isBad) bad += 1;
    results.push({ ...result, count, isBad });
    console.log(
      `${lane.id.padEnd(22)} ${result.runtime.padEnd(15)} ${String(count).padStart(4)} values  ${result.seconds.toFixed(1).padStart(6)} s  ${isBad ? 'NOT identical' : 'identical'}`,
    );
    for (const key of different.slice(0, 10)) console.log(`    ${key}: ${result.table[key]}, not ${reference[key]}`);
    for (const key of missing.slice(0, 10)) console.log(`    ${key}: missing`);
    if (result.failed) console.log(tail(result.log).replace(/^/gm, '    '));
  }

  const document = () => {
    const rows = results.map(
      ({ lane, runtime, endianness, count, isBad, refused }) =>
        `| ${lane.id} | ${lane.what} | ${runtime} | ${endianness === 'BE' ? 'big' : 'little'} | ${count} | ${isBad ? '**no**' : 'yes'}${refused.map((codec) => `; refuses ${codec}`).join('')} |`,
    );
    return ['| lane | platform | version | endian | values | identical |', '|---|---|---|---|--:|---|', ...rows].join(
      '\n',
    );
  };

  if (flags.includes('--write')) {
    const path = join(project, 'docs', 'platforms.md');
    const text = readFileSync(path, 'utf8');
    const [before, after] = [text.indexOf('<!-- matrix -->'), text.indexOf('<!-- /matrix -->')];
    writeFileSync(path, `${text.slice(0, before)}<!-- matrix -->\n\n${document()}\n\n${text.slice(after)}`);
  }
  console.log(`${lanes.length - bad} of ${lanes.length} lanes identical (${cpus().length} CPUs)`);
  process.exitCode = bad === 0 ? 0 : 1;
};

if (process.exitCode === undefined && !flags.includes('--list')) runAll();
