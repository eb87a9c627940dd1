import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/base/limits.js';
import { DEFAULT_ENGINE_RMI, type EngineRmiOptions } from '../../src/operation/engine/plan-rmi.js';
import { type RemovalRun, pruneEngineImages, removeEngineImages } from '../../src/operation/engine/remove.js';
import { connectEngine } from '../../src/transport/engine/connect.js';
import type { Engine } from '../../src/transport/engine/engine.js';
import { MODEL_KINDS, type ModelState } from '../support/model-engine.js';
import { type LiveContainer, type LiveEngine, liveEngineAvailable, startLiveEngine } from './support/live-engine.js';

type Containers = ReadonlyMap<string, LiveContainer>;

const PODMEN = MODEL_KINDS.filter((kind) => kind.startsWith('podman'));
/** Those that mount images into containers. */
const MOUNTING = MODEL_KINDS.filter((kind) => kind !== 'docker 20');

const isActive = ({ state }: LiveContainer): boolean => state === 'running' || state === 'paused';

describe.each([...MODEL_KINDS])('%s', (kind) => {
  describe.skipIf(!liveEngineAvailable(kind))('removes images', () => {
    let live: LiveEngine;
    let engine: Engine;

    beforeAll(async () => {
      live = await startLiveEngine(kind);
      engine = await connectEngine({ host: live.host, env: {}, limits: DEFAULT_LIMITS });
    });
    afterAll(async () => {
      engine.close();
      await live.stop();
    });
    afterEach(() => live.clear());

    /** What must be true after every step, whatever was asked for. */
    const checkInvariant = async (before: Containers, options: Partial<EngineRmiOptions>): Promise<void> => {
      const after = await live.containers();
      for (const [name, was] of before) {
        const is = after.get(name);
        if (isActive(was) && !(options.stop ?? []).includes(name)) expect(is, name).toStrictEqual(was);
        if (options.removeStopped !== true) expect(is?.id, name).toBe(was.id);
        if (!isActive(was) && is !== undefined) expect(is, name).toStrictEqual(was);
        if (is !== undefined && isActive(is)) expect(await live.hasImage(is.image), `the image of ${name}`).toBe(true);
      }
    };

    const rmi = async (texts: readonly string[], options: Partial<EngineRmiOptions> = {}): Promise<RemovalRun> => {
      const before = await live.containers();
      const rights = { ...DEFAULT_ENGINE_RMI, stopSeconds: 3, ...options };
      const shown = await removeEngineImages(texts, rights, { dryRun: true }, engine);
      expect(await live.containers()).toStrictEqual(before);
      const run = await removeEngineImages(texts, rights, { dryRun: false }, engine);
      expect(run.report.plan).toStrictEqual(shown.report.plan);
      await checkInvariant(before, options);
      return run;
    };

    const refusedFor = ({ report }: RemovalRun): readonly string[] => {
      expect(report.results).toStrictEqual([]);
      return report.plan.refusals.map(({ kind: why }) => why);
    };

    it.for<ModelState>(['created', 'running', 'paused', 'exited'])(
      'in the hands of a container that is %s',
      async (state) => {
        const id = await live.makeImage('t/a:1');
        const container = await live.makeContainer('work', 't/a:1', state);
        const why = state === 'created' || state === 'exited' ? 'stopped' : 'running';
        for (const text of ['t/a:1', id, id.slice(7, 19)]) {
          expect(refusedFor(await rmi([text]))).toStrictEqual([why]);
          expect(refusedFor(await rmi([text], { allNames: true, allowParent: true }))).toStrictEqual([why]);
        }
        expect(await live.hasImage('t/a:1')).toBe(true);

        await live.tag(id, 't/b:1');
        expect(refusedFor(await rmi([id]))).toStrictEqual(['several-names', why]);
        expect((await rmi(['t/a:1'])).report.complete).toBe(true);
        expect(await live.hasImage('t/a:1')).toBe(false);
        expect(refusedFor(await rmi([id], { allNames: true }))).toStrictEqual([why]);
        expect(await live.hasImage('t/b:1')).toBe(true);

        await live.tag(id, 't/c:1');
        const untagged = await rmi([id], { allNames: true, untagAnyway: true });
        expect(untagged.report.results.map(({ message }) => message)).toStrictEqual([undefined, undefined]);
        expect(untagged.report.complete).toBe(true);
        expect(await live.hasImage('t/b:1')).toBe(false);
        const stays = untagged.report.plan.steps.at(-1)?.leaves === 'dangling';
        expect(await live.hasImage(id)).toBe(stays);
        if (why === 'running') expect(stays).toBe(true);
        // Whatever became of the image, the container goes on, or can be started.
        if (why === 'stopped') await live.start(container);
      },
    );

    it.for<ModelState>(['created', 'exited'])('and containers that are %s, if told to', async (state) => {
      const id = await live.makeImage('t/a:1', 't/b:1');
      await live.makeContainer('work', 't/a:1', state);
      await live.makeContainer('other', await live.makeImage('t/o:1'), state);
      const run = await rmi([id], { allNames: true, removeStopped: true });
      expect(run.report.complete).toBe(true);
      expect([...(await live.containers()).keys()]).toStrictEqual(['other']);
      expect(await live.hasImage(id)).toBe(false);
    });

    it('and stops by name alone', async () => {
      const id = await live.makeImage('t/a:1');
      await live.makeContainer('web', 't/a:1', 'running');
      await live.makeContainer('db', id, 'running');
      expect(refusedFor(await rmi(['t/a:1'], { stop: ['web'], removeStopped: true }))).toStrictEqual(['running']);
      expect(refusedFor(await rmi(['t/a:1'], { stop: ['web', 'db'] }))).toStrictEqual(['stopped', 'stopped']);
      const run = await rmi(['t/a:1'], { stop: ['web', 'db'], removeStopped: true });
      expect(run.report.results.map(({ outcome }) => outcome)).toStrictEqual(['done', 'done', 'done', 'done', 'done']);
      expect((await live.containers()).size).toBe(0);
      expect(await live.hasImage(id)).toBe(false);
    });

    it('and stops what is paused, or says that the engine cannot', async () => {
      const id = await live.makeImage('t/a:1');
      await live.makeContainer('web', 't/a:1', 'paused');
      const run = await rmi(['t/a:1'], { stop: ['web'], removeStopped: true });
      if (kind.startsWith('podman')) expect(refusedFor(run)).toStrictEqual(['paused']);
      else expect(run.report.complete).toBe(true);
      expect(await live.hasImage(id)).toBe(kind.startsWith('podman'));
    });

    it('with many users at once, of which one runs', async () => {
      const id = await live.makeImage('t/a:1');
      for (const name of ['aa', 'bb', 'cc', 'dd']) await live.makeContainer(name, 't/a:1', 'exited');
      await live.makeContainer('web', 't/a:1', 'running');
      expect(refusedFor(await rmi([id], { removeStopped: true }))).toStrictEqual(['running']);
      expect((await live.containers()).size).toBe(5);
    });

    it('that nothing uses, by tag and by ID', async () => {
      const byTag = await live.makeImage('t/a:1');
      const byID = await live.makeImage('t/b:1', 't/c:1');
      const unnamed = await live.makeImage('t/d:1');
      await live.makeImage('t/d:1');
      const run = await rmi(['t/a:1', byID, unnamed], { allNames: true });
      expect(run.report.complete).toBe(true);
      for (const id of [byTag, byID, unnamed]) expect(await live.hasImage(id)).toBe(false);
      expect(await live.hasImage('t/d:1')).toBe(true);
      await expect(rmi(['t/a:1'])).rejects.toMatchObject({ code: 'REFERENCE_NOT_FOUND' });
      await expect(rmi([byTag])).rejects.toMatchObject({ code: 'REFERENCE_NOT_FOUND' });
    });

    it('on which others were built, if told to', async () => {
      const base = await live.makeImage('t/base:1');
      await live.makeContainer('build', 't/base:1', 'created');
      const app = await live.commit('build', 't/app:1');
      await live.ask('DELETE', '/containers/build');
      await live.makeContainer('web', 't/app:1', 'running', { Cmd: ['/bin/sh', '-c', 'while true; do sleep 1; done'] });
      const isParent = (await engine.images()).some(({ parent }) => parent === base);
      if (isParent) expect(refusedFor(await rmi(['t/base:1']))).toStrictEqual(['children']);
      expect((await rmi(['t/base:1'], { allowParent: true })).report.complete).toBe(true);
      expect(await live.hasImage('t/base:1')).toBe(false);
      expect(await live.hasImage(app)).toBe(true);
      // The layers of the image below are still there.
      await live.makeContainer('more', 't/app:1', 'exited');
    });

    it('and gives way to a container that starts between plan and run', async () => {
      const id = await live.makeImage('t/a:1');
      await live.makeContainer('job', 't/a:1', 'exited');
      let asked = 0;
      // The plan is made from the first list; before the second one, a container starts.
      const late: Engine = {
        ...engine,
        async containers() {
          asked += 1;
          if (asked === 2) await live.makeContainer('late', 't/a:1', 'running');
          return engine.containers();
        },
      };
      const options = { ...DEFAULT_ENGINE_RMI, removeStopped: true };
      const { report } = await removeEngineImages(['t/a:1'], options, { dryRun: false }, late);
      expect(report.results).toMatchObject([{ outcome: 'changed', code: 'IMAGE_IN_USE' }, { outcome: 'skipped' }]);
      expect([...(await live.containers()).keys()].toSorted()).toStrictEqual(['job', 'late']);
      expect(await live.hasImage(id)).toBe(true);
    });

    it('and gives way to a container that starts right before the removal', async () => {
      const id = await live.makeImage('t/a:1');
      const late: Engine = {
        ...engine,
        async removeName(name) {
          await live.makeContainer('late', 't/a:1', 'running');
          return engine.removeName(name);
        },
      };
      const { report } = await removeEngineImages(['t/a:1'], DEFAULT_ENGINE_RMI, { dryRun: false }, late);
      expect(report.complete).toBe(false);
      expect(report.results).toMatchObject([{ outcome: 'refused', code: 'IMAGE_IN_USE', image: 'there' }]);
      expect((await live.containers()).get('late')?.state).toBe('running');
      expect(await live.hasImage('t/a:1')).toBe(true);
      expect(await live.hasImage(id)).toBe(true);
    });

    it('and a container that starts right before it would be deleted', async () => {
      await live.makeImage('t/a:1');
      await live.makeContainer('job', 't/a:1', 'created');
      const late: Engine = {
        ...engine,
        async removeContainer(id) {
          await live.start(id);
          return engine.removeContainer(id);
        },
      };
      const options = { ...DEFAULT_ENGINE_RMI, removeStopped: true };
      const { report } = await removeEngineImages(['t/a:1'], options, { dryRun: false }, late);
      expect(report.results).toMatchObject([{ outcome: 'refused', code: 'IMAGE_IN_USE' }, { outcome: 'skipped' }]);
      expect((await live.containers()).get('job')?.state).toBe('running');
    });

    it('in a prune, but none that a container uses', async () => {
      const lost = await live.makeImage('t/a:1');
      await live.makeImage('t/a:1');
      const usedLost = await live.makeImage('t/b:1');
      await live.makeContainer('web', 't/b:1', 'running');
      await live.makeContainer('job', 't/b:1', 'exited');
      await live.makeImage('t/b:1');
      const before = await live.containers();
      const prune = (all: boolean): Promise<RemovalRun> =>
        pruneEngineImages({ all, filters: [] }, { dryRun: false }, engine);
      const first = await prune(false);
      await checkInvariant(before, {});
      expect(first.report.complete).toBe(true);
      expect(first.report.plan.kept).toMatchObject([{ image: usedLost, reason: 'used' }]);
      expect(await live.hasImage(lost)).toBe(false);
      expect(await live.hasImage('t/a:1')).toBe(true);
      const second = await prune(true);
      await checkInvariant(before, {});
      expect(second.report.complete).toBe(true);
      expect((await engine.images()).map(({ id }) => id)).toStrictEqual([usedLost]);
    });

    it.for(PODMEN.filter((other) => other === kind))('but none that a working container of Buildah holds', async () => {
      const id = await live.makeImage('docker.io/t/a:1');
      await live.tool('buildah', 'from', '--pull=never', '--name', 'work', 'docker.io/t/a:1');
      const everything = { removeStopped: true, allNames: true, allowParent: true };
      for (const text of ['t/a:1', id]) expect(refusedFor(await rmi([text], everything))).toStrictEqual(['external']);
      const { report } = await pruneEngineImages({ all: true, filters: [] }, { dryRun: false }, engine);
      expect(report.plan).toMatchObject({ steps: [], kept: [{ image: id, reason: 'used', by: ['work'] }] });
      expect(await live.tool('buildah', 'containers', '--format', '{{.ContainerName}}')).toBe('work');
      await live.tool('buildah', 'rm', 'work');
    });

    it.for(PODMEN.filter((other) => other === kind))('but none that a pod holds', async () => {
      const infra = await live.makeImage('docker.io/t/infra:1');
      const id = await live.makeImage('docker.io/t/a:1');
      const pod = ['pod', 'create', '--name', 'group', '--network', 'none', '--infra-image', 'docker.io/t/infra:1'];
      await live.tool('podman', ...pod, '--infra-command', '/bin/sh');
      await live.tool('podman', 'create', '--pod', 'group', '--name', 'member', 'docker.io/t/a:1', '/bin/sh');
      const everything = { removeStopped: true, allNames: true };
      for (const text of [infra, id]) expect(refusedFor(await rmi([text], everything))).toStrictEqual(['pod']);
      expect((await live.containers()).size).toBe(2);
      await live.tool('podman', 'pod', 'rm', '--force', 'group');
    });

    it.for(MOUNTING.filter((other) => other === kind))('but none that a container mounts', async () => {
      const id = await live.makeImage('docker.io/t/data:1');
      await live.makeImage('docker.io/t/a:1');
      if (kind.startsWith('podman')) {
        const mount = 'type=image,source=docker.io/t/data:1,destination=/data';
        const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024', '--network', 'none'];
        const loop = ['docker.io/t/a:1', '/bin/sh', '-c', 'while true; do sleep 1; done'];
        await live.tool('podman', 'run', '--detach', '--name', 'web', ...limits, '--mount', mount, ...loop);
      } else {
        const Mounts = [{ Type: 'image', Source: 't/data:1', Target: '/data' }];
        await live.makeContainer('web', 't/a:1', 'running', { HostConfig: { NetworkMode: 'none', Mounts } });
      }
      expect(refusedFor(await rmi([id]))).toStrictEqual(['running']);
      expect(refusedFor(await rmi(['t/data:1'], { removeStopped: true }))).toStrictEqual(['running']);
      expect(await live.hasImage(id)).toBe(true);
    });
  });
});
