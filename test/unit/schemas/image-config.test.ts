import { SHA256, describeSchema, parse, placesOf } from './schema-cases.js';

const execution = {
  User: 'alice',
  ExposedPorts: { '8080/tcp': {} },
  Env: ['PATH=/bin'],
  Entrypoint: ['/bin/app'],
  Cmd: ['--foreground'],
  Volumes: { '/var/log': {} },
  WorkingDir: '/home/alice',
  Labels: { 'com.example.version': '1' },
  StopSignal: 'SIGTERM',
  ArgsEscaped: true,
  Memory: 2048,
  MemorySwap: -1,
  CpuShares: 8,
  Healthcheck: {
    Test: ['CMD', 'true'],
    Interval: 30000000000,
    Timeout: 1,
    StartPeriod: 0,
    StartInterval: 0,
    Retries: 3,
  },
  OnBuild: ['RUN make'],
  Shell: ['/bin/sh', '-c'],
  StopTimeout: 10,
  Hostname: 'h',
  Domainname: 'd',
  Image: SHA256,
  MacAddress: '02:42:ac:11:00:02',
  NetworkDisabled: false,
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
};

const full = {
  created: '2015-10-31T22:22:56.015925234Z',
  author: 'Alyssa P. Hacker <alyspdev@example.com>',
  architecture: 'amd64',
  os: 'linux',
  variant: 'v1',
  'os.version': '10.0',
  'os.features': ['win32k'],
  config: execution,
  rootfs: { type: 'layers', diff_ids: [SHA256] },
  history: [{ created: '2015-10-31T22:22:54Z', author: 'a', created_by: '/bin/sh', comment: 'c', empty_layer: true }],
  id: 'a',
  parent: 'b',
  container: 'c',
  container_config: execution,
  docker_version: '20.10.24',
};

const REQUIRED = ['/architecture', '/os', '/rootfs', '/rootfs/type', '/rootfs/diff_ids'];

/** All members but those that must be there, the elements of arrays and the values of maps. */
const nullable = placesOf(parse(JSON.stringify(full))).filter(
  (pointer) =>
    pointer !== '' &&
    !REQUIRED.includes(pointer) &&
    !/\/(?:\d+|8080~1tcp|~1var~1log|com\.example\.version)$/.test(pointer),
);

const config = (members: string): string =>
  `{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}${members}}`;

describeSchema({
  name: 'oci-image-config',
  full,
  required: REQUIRED,
  nullable,
  open: ['/config', '/container_config'].flatMap((pointer) => [`${pointer}/Labels`]),
  extensible: true,
  valid: [
    ['the least', config('')],
    ['null for what is optional', config(',"created":null,"author":null,"config":null,"history":null,"variant":null')],
    [
      "Docker's many nulls",
      config(
        ',"config":{"Entrypoint":null,"Cmd":null,"Volumes":null,"OnBuild":null,"Labels":null,"ExposedPorts":null,"Env":null}',
      ),
    ],
    ['an image of unknown platform', '{"architecture":"","os":"","rootfs":{"type":"layers","diff_ids":[]}}'],
    ['the year one', config(',"created":"0001-01-01T00:00:00Z"')],
    [
      'a time with an offset',
      config(',"created":"2024-02-29T23:59:60.123456789+05:30","history":[{"created":"2024-01-01t00:00:00z"}]'),
    ],
    ['what BuildKit adds', config(',"moby.buildkit.buildinfo.v1":"e30=","moby.buildkit.cache.v0":[1.5]')],
    ['no healthcheck', config(',"config":{"Healthcheck":{"Test":["NONE"]}}')],
    ['a volume with members', config(',"config":{"Volumes":{"/a":{"b":1}}}')],
  ],
  invalid: [
    ['a root filesystem of another type', '/rootfs/type', '"layers+base"'],
    ['a root filesystem of null', '/rootfs', 'null'],
    ['diffIDs of null', '/rootfs/diff_ids', 'null'],
    ['a diffID without algorithm', '/rootfs/diff_ids/0', JSON.stringify(SHA256.slice(7)), 'DIGEST_INVALID'],
    ['a diffID in upper case', '/rootfs/diff_ids/0', JSON.stringify(`sha256:${'A'.repeat(64)}`), 'DIGEST_INVALID'],
    ['a diffID of null', '/rootfs/diff_ids/0', 'null'],
    ['an architecture of null', '/architecture', 'null'],
    ['an os of null', '/os', 'null'],
    ['an empty time', '/created', '""'],
    ['a time without zone', '/created', '"2024-01-01T00:00:00"'],
    ['a date', '/created', '"2024-01-01"'],
    ['month 13', '/created', '"2024-13-01T00:00:00Z"'],
    ['seconds since 1970', '/created', '1704067200'],
    ['a time in a history that is none', '/history/0/created', '"yesterday"'],
    ['a step of null', '/history/0', 'null'],
    ['an empty layer as text', '/history/0/empty_layer', '"true"'],
    ['history as an object', '/history', '{"0":{}}'],
    ['an environment as an object', '/config/Env', '{"PATH":"/bin"}'],
    ['a variable of null', '/config/Env/0', 'null'],
    ['ports as a list', '/config/ExposedPorts', '["8080/tcp"]'],
    ['a port with a number', '/config/ExposedPorts/8080~1tcp', '8080'],
    ['volumes as a list', '/config/Volumes', '["/var/log"]'],
    ['a command as text', '/config/Cmd', '"/bin/sh"'],
    ['an entry point as text', '/config/Entrypoint', '"/bin/sh"'],
    ['a label that is a number', '/config/Labels/com.example.version', '1'],
    ['an interval as text', '/config/Healthcheck/Interval', '"30s"'],
    ['an interval with a fraction', '/config/Healthcheck/Interval', '1.5'],
    ['a working directory that is a list', '/config/WorkingDir', '["/"]'],
  ],
});
