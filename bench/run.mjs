/**
 * `make bench`: Ingot against other tools and against physical limits, in one run, in turn. Ratios count; absolute
 * figures drift with the machine. INGOT_BENCH_ROUNDS, INGOT_BENCH_MIB and INGOT_BENCH_DIR change the defaults.
 */
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeDockerArchive, makeOciArchive, sizeOf } from './make-archives.mjs';
import { compare, findProgram, report, runOnce } from './measure.mjs';

const rounds = Number(process.env.INGOT_BENCH_ROUNDS ?? 5);
const mebibytes = Number(process.env.INGOT_BENCH_MIB ?? 1024);
const directory = process.env.INGOT_BENCH_DIR ?? fileURLToPath(new URL('./out', import.meta.url));
const ingot = [process.execPath, fileURLToPath(new URL('../dist/cli/bin.js', import.meta.url))];
const newer = join(process.env.INGOT_PEERS_DIR ?? '/var/cache/ingot-peers', 'bin');

mkdirSync(directory, { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), 'ingot-bench-'));
const at = (name) => join(scratch, name);
const clear = (name) => () => rmSync(at(name), { recursive: true, force: true });
const policy = at('policy.json');
writeFileSync(policy, '{"default":[{"type":"insecureAcceptAnything"}]}');

const job = (name, program, args, options = {}) => {
  const path = typeof program === 'string' ? findProgram(program, options.folders) : program[0];
  if (path === undefined) {
    console.error(`not here: ${name}`);
    return [];
  }
  const rest = typeof program === 'string' ? [] : program.slice(1);
  return [
    { name, command: [path, ...rest, ...args], ...(options.before === undefined ? {} : { before: options.before }) },
  ];
};

const needed = (mebibytes * 4 + 4500) * 1024 * 1024;
const free = statfsSync(scratch);
if (free.bavail * free.bsize < needed)
  throw new Error(`${scratch} needs ${needed} free bytes; set TMPDIR and INGOT_BENCH_DIR to another disk`);

console.log(
  `${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} threads, Node ${process.version}, ${rounds} rounds after one that does not count`,
);
console.log('making the archives …');
const split = (total, parts) =>
  Array.from({ length: parts }, (_, index) => Math.floor(total / parts) + (index < total % parts ? 1 : 0));
const docker = makeDockerArchive(directory, `docker-${mebibytes}.tar`, split(mebibytes, 5));
const single = makeDockerArchive(directory, `docker-single-${mebibytes}.tar`, [mebibytes]);
const oci = makeOciArchive(directory, `oci-${mebibytes}.tar`, split(Math.floor(mebibytes * 1.6), 5));
const large = makeDockerArchive(directory, 'docker-4096.tar', split(4096, 8));

try {
  const limits = (file) => [
    ...job('openssl sha256', 'openssl', ['sha256', file]),
    ...job('cat', 'cat', [file]),
    ...job('cp', 'cp', [file, at('cp.tar')], { before: clear('cp.tar') }),
  ];
  const saveJobs = (file, transport, keep) => [
    ...job('ingot save', ingot, ['save', file, '-o', at('ingot.tar'), '--quiet'], { before: clear('ingot.tar') }),
    ...job('ingot save --fsync', ingot, ['save', file, '-o', at('ingot-fsync.tar'), '--quiet', '--fsync'], {
      before: clear('ingot-fsync.tar'),
    }),
    ...limits(file),
    ...job(
      'skopeo copy',
      'skopeo',
      [
        '--policy',
        policy,
        '--tmpdir',
        scratch,
        'copy',
        ...keep,
        `${transport}:${file}`,
        `${transport}:${at('skopeo.tar')}:bench.example/big:1`,
      ],
      { before: clear('skopeo.tar') },
    ),
    ...job(
      'skopeo copy (newer)',
      'skopeo',
      [
        '--policy',
        policy,
        '--tmpdir',
        scratch,
        'copy',
        ...keep,
        `${transport}:${file}`,
        `${transport}:${at('skopeo2.tar')}:bench.example/big:1`,
      ],
      { folders: [newer], before: clear('skopeo2.tar') },
    ),
  ];

  // Podman and GNU tar need the content in another form first; making it is not measured.
  const podman = findProgram('podman');
  const storage = ['--root', at('podman-root'), '--runroot', at('podman-run'), '--storage-driver', 'vfs'];
  const podmanJobs = [];
  if (podman !== undefined) {
    try {
      await runOnce([podman, ...storage, 'load', '-i', docker]);
      podmanJobs.push(
        ...job('podman save', [podman], [...storage, 'save', '-q', '-o', at('podman.tar'), 'bench.example/big:1'], {
          before: clear('podman.tar'),
        }),
      );
    } catch (error) {
      console.error(`left out: podman save: ${String(error.message).slice(0, 300)}`);
    }
  }
  mkdirSync(at('unpacked'));
  await runOnce(['tar', '-xf', docker, '-C', at('unpacked')]);
  const tarJobs = job('GNU tar -c', 'tar', ['-cf', at('gnu.tar'), '-C', at('unpacked'), '.'], {
    before: clear('gnu.tar'),
  });

  report(
    `save --layers keep, docker-archive of 5 layers, ${sizeOf(docker)} bytes`,
    sizeOf(docker),
    await compare([...saveJobs(docker, 'docker-archive', []), ...podmanJobs, ...tarJobs], rounds),
    'ingot save',
  );
  rmSync(at('unpacked'), { recursive: true });
  rmSync(at('podman-root'), { recursive: true, force: true });

  report(
    `save --layers keep, docker-archive of one layer, ${sizeOf(single)} bytes`,
    sizeOf(single),
    await compare(
      [
        ...job('ingot save', ingot, ['save', single, '-o', at('ingot.tar'), '--quiet'], { before: clear('ingot.tar') }),
        ...limits(single),
      ],
      rounds,
    ),
    'ingot save',
  );

  const orasJobs = job(
    'oras cp',
    'oras',
    ['cp', '--from-oci-layout', `${oci}:1`, '--to-oci-layout', `${at('oras')}:1`, '--no-tty'],
    { folders: [newer], before: clear('oras') },
  );
  const regctlJobs = job('regctl image import', 'regctl', ['image', 'import', `ocidir://${at('regctl')}:1`, oci], {
    folders: [newer],
    before: clear('regctl'),
  });
  report(
    `save --layers keep, oci-archive of 5 gzip layers, ${sizeOf(oci)} bytes`,
    sizeOf(oci),
    await compare([...saveJobs(oci, 'oci-archive', ['--preserve-digests']), ...orasJobs, ...regctlJobs], rounds),
    'ingot save',
  );

  report(
    `verify --quick (digests), oci-archive, ${sizeOf(oci)} bytes`,
    sizeOf(oci),
    await compare(
      [...job('ingot verify --quick', ingot, ['verify', oci, '--quick', '--quiet']), ...limits(oci).slice(0, 1)],
      rounds,
    ),
    'ingot verify --quick',
  );
  report(
    `verify (digests and diffIDs), oci-archive, ${sizeOf(oci)} bytes`,
    sizeOf(oci),
    await compare(
      [...job('ingot verify', ingot, ['verify', oci, '--quiet']), ...limits(oci).slice(0, 1)],
      Math.min(rounds, 3),
    ),
    'ingot verify',
  );

  report(
    `inspect, docker-archive of ${sizeOf(large)} bytes`,
    undefined,
    await compare(
      [
        ...job('ingot inspect', ingot, ['inspect', large]),
        ...job('node -e 0', [process.execPath], ['-e', '0']),
        ...job('skopeo inspect', 'skopeo', ['--policy', policy, 'inspect', `docker-archive:${large}`]),
      ],
      rounds,
    ),
    'ingot inspect',
  );

  report(
    `save --layers keep, docker-archive of 8 layers, ${sizeOf(large)} bytes`,
    sizeOf(large),
    await compare(
      [
        ...job('ingot save', ingot, ['save', large, '-o', at('ingot.tar'), '--quiet'], { before: clear('ingot.tar') }),
        ...limits(large).slice(0, 1),
      ],
      Math.min(rounds, 3),
    ),
    'ingot save',
  );
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
