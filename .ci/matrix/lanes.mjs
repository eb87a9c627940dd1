/**
 * The lanes of the platform matrix: where the probe runs, and what must be fetched for it. Versions of runtimes are
 * pinned; what a Debian suite that moves has at the moment is printed, not asserted.
 */

const at = (dir, ...path) => [dir, ...path].join('/');
const PROBE = 'test/matrix/probe.mjs';

const node = (version, more = {}) => ({
  id: `x64-node${version.split('.')[0]}`,
  what: 'Linux x64, Node',
  needs: [`node:${version}`],
  codecs: 'all',
  ci: true,
  command: (dir) => [at(dir, 'runtime', `node-${version}`, 'bin/node'), PROBE],
  ...more,
});

const NODE_24 = '24.21.0';
const node24 = (dir) => at(dir, 'runtime', `node-${NODE_24}`, 'bin/node');

/** Runs of one platform in other surroundings. */
const variation = (id, what, wrap, more = {}) => ({
  id: `env-${id}`,
  what: `Linux x64, Node; ${what}`,
  needs: [`node:${NODE_24}`, 'variation'],
  codecs: 'some',
  command: (dir, here) => [...wrap(dir, here), node24(dir), ...(more.flags ?? []), PROBE],
  ci: more.ci ?? false,
});

const arm64 = (version, more = {}) => ({
  id: `arm64-node${version.split('.')[0]}`,
  what: 'Linux arm64 (emulated), Node',
  needs: ['qemu', 'root:bookworm:arm64', `arm64-node:${version}`],
  codecs: 'some',
  command: (dir, here) => [
    at(here, 'enter'),
    'qemu',
    at(dir, 'root/bookworm-arm64'),
    'aarch64',
    at(dir, 'runtime', `arm64-node-${version}`, 'bin/node'),
    PROBE,
  ],
  ...more,
});

/** Node of a Debian suite for another processor. */
const emulated = (id, what, suite, arch, cpu, more = {}) => ({
  id,
  what,
  needs: ['qemu', `root:${suite}:${arch}`],
  codecs: 'some',
  command: (dir, here) => {
    const root = at(dir, 'root', `${suite}-${arch}`);
    return [at(here, 'enter'), 'qemu', root, cpu, at(root, 'usr/bin/node'), PROBE];
  },
  ...more,
});

/** Node of a Debian suite that runs on this processor. */
const chroot = (id, what, suite, arch) => ({
  id,
  what,
  needs: [`root:${suite}:${arch}`],
  codecs: 'some',
  command: (dir, here) => [at(here, 'enter'), 'chroot', at(dir, 'root', `${suite}-${arch}`), '/usr/bin/node', PROBE],
});

const windows = (version, more = {}) => ({
  id: `win-node${version.split('.')[0]}`,
  what: 'Windows x64 (wine), Node',
  needs: ['wine', `win-node:${version}`],
  codecs: 'some',
  command: (_dir, here) => [at(here, 'enter'), 'wine', `../runtime/win-node-${version}/bin/node.exe`, PROBE],
  ...more,
});

const filesystem = (kind, what, more = {}) =>
  variation(`fs-${kind}`, what, (_dir, here) => [at(here, 'on-filesystem'), kind], more);

/** The others are held against this one. */
export const REFERENCE = 'x64-node24';

export const LANES = [
  node(NODE_24),
  node('20.20.2'),
  node('22.23.3'),
  node('26.10.0'),
  {
    id: 'x64-bun',
    what: 'Linux x64, Bun',
    needs: ['bun'],
    codecs: 'some',
    ci: true,
    command: (dir) => [at(dir, 'runtime/bun/bin/bun'), '--bun', PROBE],
  },
  {
    id: 'x64-deno',
    what: 'Linux x64, Deno',
    needs: ['deno'],
    codecs: 'some',
    ci: true,
    command: (dir) => [at(dir, 'runtime/deno/deno'), 'run', '-A', '--no-lock', '--node-modules-dir=manual', PROBE],
  },
  chroot('x64-debian-node', "Linux x64, Debian's Node", 'forky', 'amd64'),
  chroot('i386-debian-node', "Linux i386, Debian's Node", 'forky', 'i386'),
  {
    id: 'musl-node',
    what: 'Linux x64 with musl, Node',
    needs: ['musl'],
    codecs: 'some',
    command: (_dir, here) => [at(here, 'enter'), 'musl', 'node', PROBE],
  },
  windows('20.20.2'),
  windows('22.23.3'),
  windows(NODE_24, { ci: true }),
  windows('26.10.0'),
  arm64('20.20.2'),
  arm64('22.23.3'),
  arm64('24.22.0', { ci: true }),
  arm64('26.12.0'),
  emulated('armv7-debian-node', "Linux armv7, 32 bits (emulated), Debian's Node", 'forky', 'armhf', 'arm'),
  emulated('ppc64le-debian-node', "Linux ppc64le (emulated), Debian's Node", 'forky', 'ppc64el', 'ppc64le'),
  emulated('riscv64-debian-node', "Linux riscv64 (emulated), Debian's Node", 'forky', 'riscv64', 'riscv64'),
  emulated('s390x-debian-node', "Linux s390x, big-endian (emulated), Debian's Node", 'forky', 's390x', 's390x', {
    ci: true,
  }),
  {
    id: 'x64-nehalem',
    what: 'Linux x64 on a processor of 2008 (emulated), Node',
    needs: ['qemu', `node:${NODE_24}`],
    codecs: 'some',
    command: (dir) => ['qemu-x86_64-static', '-cpu', 'Nehalem', node24(dir), PROBE],
  },
  variation(
    'turkish',
    'Turkish, Kathmandu',
    () => ['env', 'LC_ALL=tr_TR.UTF-8', 'LANG=tr_TR.UTF-8', 'TZ=Asia/Kathmandu'],
    {
      ci: true,
    },
  ),
  variation('chinese', 'Chinese, Newfoundland', () => ['env', 'LC_ALL=zh_CN.UTF-8', 'TZ=America/St_Johns']),
  variation('bare', 'no environment', () => ['env', '-i']),
  variation('umask-000', 'umask 000', () => ['sh', '-c', 'umask 000; exec "$@"', '_']),
  variation('umask-077', 'umask 077', () => ['sh', '-c', 'umask 077; exec "$@"', '_']),
  variation('nobody', 'another user', () => [
    'setpriv',
    '--reuid=65534',
    '--regid=65534',
    '--clear-groups',
    'env',
    'HOME=/nonexistent',
  ]),
  variation('1990', 'the year 1990', () => ['faketime', '1990-01-01']),
  variation('2040', 'the year 2040', () => ['faketime', '2040-01-01'], { ci: true }),
  variation('one-cpu', 'one CPU, one thread of the pool', () => ['env', 'UV_THREADPOOL_SIZE=1', 'taskset', '-c', '0']),
  variation('many-threads', '64 threads of the pool', () => ['env', 'UV_THREADPOOL_SIZE=64']),
  variation('small-heap', 'a heap of 96 MB', () => [], { flags: ['--max-old-space-size=96'] }),
  variation('no-optimiser', 'no optimising compiler', () => [], { flags: ['--no-opt', '--liftoff-only'] }),
  filesystem('disorder', 'directories in random order (disorderfs)', { ci: true }),
  filesystem('xfs', 'XFS'),
  filesystem('btrfs', 'Btrfs'),
  filesystem('tmpfs', 'tmpfs'),
  filesystem('ntfs', 'NTFS without difference of case (FUSE)'),
  filesystem('exfat', 'exFAT (FUSE)'),
];
