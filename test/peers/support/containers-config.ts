import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { newerFolder } from './program.js';

/** A private configuration of podman, buildah or skopeo, as the environment that selects it. */
export interface ContainersConfig {
  readonly env: Readonly<Record<string, string>>;
  readonly root: string;
  readonly runroot: string;
}

/**
 * Writes containers.conf, storage.conf, policy.json and registries.conf into `dir`: vfs storage
 * there, every image accepted, plain HTTP for all of 127.0.0.1, no network, no user's credentials.
 */
export async function writeContainersConfig(dir: string): Promise<ContainersConfig> {
  const home = join(dir, 'home');
  const root = join(dir, 'root');
  const runroot = join(dir, 'runroot');
  const tmp = join(dir, 'tmp');
  const run = join(dir, 'run');
  for (const path of [join(home, '.config/containers'), root, runroot, tmp]) {
    await mkdir(path, { recursive: true });
  }
  await mkdir(run, { recursive: true, mode: 0o700 });
  await writeFile(
    join(dir, 'containers.conf'),
    [
      '[containers]',
      'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]',
      'netns = "none"',
      'log_driver = "k8s-file"',
      '[engine]',
      'runtime = "runc"',
      'cgroup_manager = "cgroupfs"',
      'events_logger = "file"',
      `helper_binaries_dir = ${JSON.stringify([newerFolder(), '/usr/libexec/podman', '/usr/lib/podman'])}`,
      `tmp_dir = ${JSON.stringify(join(dir, 'libpod-tmp'))}`,
      '',
    ].join('\n'),
  );
  await writeFile(
    join(dir, 'storage.conf'),
    `[storage]\ndriver = "vfs"\ngraphroot = ${JSON.stringify(root)}\nrunroot = ${JSON.stringify(runroot)}\n`,
  );
  // In the home folder: skopeo 1.9 knows no variable for it.
  const registries = join(home, '.config/containers/registries.conf');
  await writeFile(
    registries,
    'unqualified-search-registries = []\nshort-name-mode = "permissive"\n' +
      '[[registry]]\nprefix = "127.0.0.1"\nlocation = "127.0.0.1"\ninsecure = true\n',
  );
  await writeFile(join(home, '.config/containers/policy.json'), '{"default":[{"type":"insecureAcceptAnything"}]}\n');
  await writeFile(join(dir, 'auth.json'), '{}\n');
  return {
    root,
    runroot,
    env: {
      HOME: home,
      TMPDIR: tmp,
      XDG_RUNTIME_DIR: run,
      XDG_CONFIG_HOME: join(home, '.config'),
      XDG_DATA_HOME: join(home, '.local/share'),
      DOCKER_CONFIG: join(home, '.docker'),
      REGISTRY_AUTH_FILE: join(dir, 'auth.json'),
      CONTAINERS_CONF: join(dir, 'containers.conf'),
      CONTAINERS_STORAGE_CONF: join(dir, 'storage.conf'),
      CONTAINERS_REGISTRIES_CONF: registries,
      BUILDAH_ISOLATION: 'chroot',
      STORAGE_DRIVER: 'vfs',
      PODMAN_IGNORE_CGROUPSV1_WARNING: '1',
    },
  };
}
