import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.js';
import { connectEngine } from '../../../../src/transport/engine/connect.js';
import type { Engine, EngineInfo } from '../../../../src/transport/engine/engine.js';
import {
  type FakeEngine,
  RECORDED_ENGINES,
  type RecordedEngine,
  startFakeEngine,
} from '../../../support/fake-engine.js';

const INFO: Readonly<Record<RecordedEngine, Partial<EngineInfo>>> = {
  'docker-20': { kind: 'docker', version: '20.10.24+dfsg1', apiVersion: '1.41', store: 'graphdriver', driver: 'vfs' },
  'docker-28-classic': { kind: 'docker', apiVersion: '1.51', store: 'graphdriver', driver: 'vfs' },
  'docker-28-containerd': { kind: 'docker', apiVersion: '1.51', store: 'containerd', driver: 'native' },
  'podman-4': { kind: 'podman', version: '4.3.1', apiVersion: '1.41', store: 'containers-storage' },
  'podman-5': { kind: 'podman', version: '5.8.6', apiVersion: '1.44', store: 'containers-storage' },
};

const A = ['docker.io/t/a:1', 'docker.io/t/a:2', 'docker.io/t/base:1', 'localhost/x/y:3'];
const NO_ID = `sha256:${'0'.repeat(64)}`;
const NO_CONTAINER = '0'.repeat(64);

describe.for(RECORDED_ENGINES)('%s, as it answered', (name) => {
  let fake: FakeEngine;
  let engine: Engine;
  const isPodman = name.startsWith('podman');

  beforeEach(async () => {
    fake = await startFakeEngine(name);
    engine = await connectEngine({ host: `unix://${fake.socket}`, env: {}, limits: DEFAULT_LIMITS, timeout: 5000 });
  });
  afterEach(async () => {
    engine.close();
    await fake.stop();
  });

  const idOf = async (text: string) => {
    const image = await engine.image(text);
    if (image === undefined) throw new Error(`no ${text}`);
    return image.id;
  };
  const containerID = async (container: string): Promise<string> =>
    (await engine.containers()).find(({ names }) => names.includes(container))?.id ?? '';

  it('is recognised', () => {
    expect(engine.info).toMatchObject({ ...INFO[name], endpoint: `unix://${fake.socket}`, endpointFrom: '--host' });
    expect(engine.info.traits).toMatchObject({
      imageIDIsManifest: name === 'docker-28-containerd',
      forceDeletesContainers: isPodman,
      forceKillsRunning: name === 'podman-4',
      loadRacesPrune: isPodman,
    });
  });

  it('lists images with full names, sorted', async () => {
    const images = await engine.images();
    expect(images.map(({ names }) => names)).toEqual(expect.arrayContaining([A, ['docker.io/t/solo:1']]));
    expect(images.every(({ id, size, created }) => id.startsWith('sha256:') && size > 0 && created > 0)).toBe(true);
    const solo = images.find(({ names }) => names.includes('docker.io/t/solo:1'));
    expect(solo?.id).toBe(await idOf('t/solo:1'));
  });

  it('lists containers with the IDs of their images, and what is mounted', async () => {
    const containers = await engine.containers();
    const byName = new Map(containers.map((container) => [container.names[0], container]));
    expect(byName.get('s1')).toMatchObject({ state: 'running', imageID: await idOf('t/solo:1'), isExternal: false });
    expect(byName.get('c2')).toMatchObject({ state: 'created', imageID: await idOf('t/a:1'), imageMounts: [] });
    if (name !== 'docker-20') expect(byName.get('m1')).toMatchObject({ imageMounts: ['t/base:1'] });
    if (name === 'podman-4') {
      expect(byName.get('base-working-container')).toMatchObject({ isExternal: true, state: 'storage' });
    }
  });

  it('finds an image by name, ID and short ID, and tells what is missing', async () => {
    const image = await engine.image('t/a:1');
    expect(image).toMatchObject({ names: A, platform: { os: 'linux', architecture: 'amd64' } });
    expect(image?.diffIDs).toHaveLength(1);
    expect(image?.configDigest).toBe(name === 'docker-28-containerd' ? undefined : image?.id);
    for (const text of [image?.id, image?.id.slice(7), image?.id.slice(7, 19), image?.id.slice(0, 19)])
      expect((await engine.image(text ?? ''))?.id).toBe(image?.id);
    expect(await engine.image('t/none:1')).toBeUndefined();
    expect(await engine.image(NO_ID)).toBeUndefined();
    expect(await engine.image('ffff')).toBeUndefined();
    await expect(engine.image('NO:such:name')).rejects.toMatchObject({ code: 'REFERENCE_INVALID' });
  });

  it('takes a name away, without force and without touching parents', async () => {
    expect(await engine.removeName('localhost/x/y:3')).toStrictEqual({
      outcome: 'done',
      untagged: ['localhost/x/y:3'],
      deleted: [],
    });
    expect(fake.requests.at(-1)).toMatch(/^DELETE .*localhost%2Fx%2Fy%3A3\?noprune=1$/);
    expect(await engine.removeName('t/none:1')).toStrictEqual({ outcome: 'missing' });
  });

  it('says that a container uses the image', async () => {
    const refused = await engine.removeName('docker.io/t/solo:1');
    expect(refused).toMatchObject({ outcome: 'refused', reason: 'in-use' });
  });

  it('takes the last name away by force only where force can do no more', async () => {
    const id = await idOf('t/solo:1');
    expect(await engine.untagAnyway('docker.io/t/solo:1', id)).toMatchObject({
      outcome: 'done',
      untagged: ['docker.io/t/solo:1'],
      deleted: [],
    });
    const forced = fake.requests.filter((request) => request.includes('force=1'));
    expect(forced).toHaveLength(isPodman ? 0 : 1);
    if (isPodman) expect(fake.requests.at(-1)).toMatch(/untag\?repo=docker\.io%2Ft%2Fsolo&tag=1$/);
  });

  it('does not untag what has moved to another image', async () => {
    const before = fake.requests.length;
    expect(await engine.untagAnyway('docker.io/t/solo:1', await idOf('t/a:1'))).toStrictEqual({ outcome: 'missing' });
    expect(fake.requests.slice(before).filter((request) => !request.startsWith('GET'))).toStrictEqual([]);
  });

  it('does not remove by ID what has names', async () => {
    expect(await engine.removeUnnamed(await idOf('t/a:1'))).toMatchObject({ outcome: 'refused', reason: 'conflict' });
    expect(fake.requests.filter((request) => request.startsWith('DELETE'))).toStrictEqual([]);
  });

  it('removes no container that runs, and stops none that does not', async () => {
    expect(await engine.removeContainer(await containerID('s1'))).toMatchObject({ outcome: 'running' });
    expect(await engine.removeContainer(NO_CONTAINER)).toStrictEqual({ outcome: 'missing' });
    expect(await engine.stopContainer(NO_CONTAINER, 1)).toStrictEqual({ outcome: 'missing' });
    const stopped = await engine.stopContainer(await containerID('c2'), 1);
    expect(stopped.outcome).toBe(isPodman ? 'done' : 'unchanged');
  });

  it('gives names to images that are there', async () => {
    await engine.tag(await idOf('t/a:1'), 't/n:1');
    await expect(engine.tag(NO_ID as never, 't/n:1')).rejects.toMatchObject({ code: 'REFERENCE_NOT_FOUND' });
    await expect(engine.tag(NO_ID as never, `t/n@${NO_ID}`)).rejects.toMatchObject({ code: 'REFERENCE_INVALID' });
  });

  it('does not export what it has not', async () => {
    await expect(engine.save(['docker.io/t/none:1'])).rejects.toMatchObject({
      code: 'REFERENCE_NOT_FOUND',
      details: { subject: 'docker.io/t/none:1' },
    });
  });

  it('says what it loaded', async () => {
    const archive = async function* () {
      yield Buffer.alloc(100_000);
      yield Buffer.alloc(1);
    };
    expect(await engine.load(archive())).toStrictEqual({
      outcome: 'done',
      names: ['registry.example/demo/app:1.0'],
      ids: [],
    });
  });
});
