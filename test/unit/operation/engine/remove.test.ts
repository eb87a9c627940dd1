import { afterEach, describe, expect, it } from 'vitest';
import { loadValidator } from '../../../../src/base/schema.js';
import { DEFAULT_ENGINE_RMI, type EngineRmiOptions } from '../../../../src/operation/engine/plan-rmi.js';
import { type RemovalRun, removeEngineImages } from '../../../../src/operation/engine/remove.js';
import { type ServedModel, serveModel } from '../../../support/engine-in-memory.js';
import { MODEL_KINDS, type ModelKind, type ModelState } from '../../../support/model-engine.js';

let current: ServedModel | undefined;

const start = async (kind: ModelKind): Promise<ServedModel> => {
  current = await serveModel(kind);
  return current;
};

afterEach(async () => {
  const violations = current?.model.violations ?? [];
  await current?.close();
  current = undefined;
  // Whatever a test is about: nothing forbidden was asked for.
  if (violations.length > 0) throw new Error(violations.join('\n'));
});

const rmi = async (
  { engine }: ServedModel,
  texts: readonly string[],
  options: Partial<EngineRmiOptions> = {},
  dryRun = false,
): Promise<RemovalRun> => {
  const run = await removeEngineImages(texts, { ...DEFAULT_ENGINE_RMI, ...options }, { dryRun }, engine);
  expect((await loadValidator('engine-removal-report', { all: true }))(run.report)).toStrictEqual([]);
  return run;
};

const actions = ({ report }: RemovalRun): readonly string[] =>
  report.plan.steps.map((step) => `${step.action}${'name' in step ? ` ${step.name}` : ''} -> ${step.leaves}`);

const refusals = ({ report }: RemovalRun): readonly unknown[] =>
  report.plan.refusals.map(({ kind, code, by }) => [kind, code, ...by]);

const outcomes = ({ report }: RemovalRun): readonly unknown[] =>
  report.results.map(({ outcome, code }) => (code === undefined ? outcome : `${outcome} ${code}`));

describe.each([...MODEL_KINDS])('rmi of %s', (kind) => {
  it('takes one name of several away, whatever runs', async () => {
    const served = await start(kind);
    const id = served.model.addImage(['t/a:1', 't/b:1']);
    served.model.addContainer('web', id, 'running');
    const run = await rmi(served, ['t/a:1']);
    expect(actions(run)).toStrictEqual(['remove-name docker.io/t/a:1 -> untagged']);
    expect(run.report.complete).toBe(true);
    expect(served.model.imageNamed('t/b:1')?.id).toBe(id.slice(7));
  });

  it('removes an image that nothing uses with its last name', async () => {
    const served = await start(kind);
    served.model.addImage(['t/a:1']);
    const run = await rmi(served, ['t/a:1']);
    expect(actions(run)).toStrictEqual(['remove-name docker.io/t/a:1 -> removed']);
    expect(run.report).toMatchObject({ complete: true, results: [{ outcome: 'done', image: 'gone' }] });
    expect(served.model.images.size).toBe(0);
  });

  it.for<[ModelState, string]>([
    ['running', 'running'],
    ['paused', 'running'],
    ['restarting', 'running'],
    ['created', 'stopped'],
    ['exited', 'stopped'],
  ])('refuses what a container uses that is %s', async ([state, refusal]) => {
    const served = await start(kind);
    const id = served.model.addImage(['t/a:1']);
    served.model.addContainer('web', id, state);
    for (const text of ['t/a:1', id, id.slice(7, 19)]) {
      const run = await rmi(served, [text]);
      expect(refusals(run)).toStrictEqual([[refusal, 'IMAGE_IN_USE', 'web']]);
      expect(run.report).toMatchObject({ complete: false, results: [], plan: { steps: [] } });
    }
    expect(served.model.changes).toStrictEqual([]);
  });

  it('refuses an ID with several names, and takes all with --all-names', async () => {
    const served = await start(kind);
    const id = served.model.addImage(['t/a:1', 't/b:1', 'other/c:2']);
    expect(refusals(await rmi(served, [id]))).toStrictEqual([
      ['several-names', 'IMAGE_HAS_NAMES', 'docker.io/other/c:2', 'docker.io/t/a:1', 'docker.io/t/b:1'],
    ]);
    const run = await rmi(served, [id], { allNames: true });
    expect(actions(run)).toStrictEqual([
      'remove-name docker.io/other/c:2 -> untagged',
      'remove-name docker.io/t/a:1 -> untagged',
      'remove-name docker.io/t/b:1 -> removed',
    ]);
    expect(run.report.complete).toBe(true);
    expect(served.model.images.size).toBe(0);
  });

  it('deletes stopped containers only when told, and without force', async () => {
    const served = await start(kind);
    const id = served.model.addImage(['t/a:1']);
    for (const state of ['created', 'exited'] as const) served.model.addContainer(state, id, state);
    served.model.addContainer('other', served.model.addImage(['t/b:1']), 'exited');
    const run = await rmi(served, ['t/a:1'], { removeStopped: true });
    expect(actions(run).toSorted()).toStrictEqual([
      'remove-container -> kept',
      'remove-container -> kept',
      'remove-name docker.io/t/a:1 -> removed',
    ]);
    expect(run.report.complete).toBe(true);
    expect([...served.model.containers.values()].map(({ name }) => name)).toStrictEqual(['other']);
  });

  it('stops by name, and only what uses the image', async () => {
    const served = await start(kind);
    const id = served.model.addImage(['t/a:1']);
    served.model.addContainer('web', id, 'running');
    served.model.addContainer('db', id, 'running');
    served.model.addContainer('other', served.model.addImage(['t/b:1']), 'running');
    const stopOf = (...stop: string[]): Promise<RemovalRun> => rmi(served, ['t/a:1'], { stop, removeStopped: true });
    expect(refusals(await stopOf('web'))).toStrictEqual([['running', 'IMAGE_IN_USE', 'db']]);
    await expect(stopOf('web', 'db', 'other')).rejects.toMatchObject({ code: 'CONTAINER_NOT_FOUND' });
    await expect(stopOf('nobody')).rejects.toMatchObject({ code: 'CONTAINER_NOT_FOUND' });
    expect(refusals(await rmi(served, ['t/a:1'], { stop: ['web', 'db'] }))).toStrictEqual([
      ['stopped', 'IMAGE_IN_USE', 'db'],
      ['stopped', 'IMAGE_IN_USE', 'web'],
    ]);
    expect(served.model.changes).toStrictEqual([]);
    const run = await stopOf('web', 'db');
    expect(actions(run)).toStrictEqual([
      'stop-container -> kept',
      'stop-container -> kept',
      'remove-container -> kept',
      'remove-container -> kept',
      'remove-name docker.io/t/a:1 -> removed',
    ]);
    expect(run.report.complete).toBe(true);
    expect([...served.model.containers.values()].map(({ name, state }) => [name, state])).toStrictEqual([
      ['other', 'running'],
    ]);
  });

  it('untags anyway, and leaves the container alone', async () => {
    const served = await start(kind);
    const id = served.model.addImage(['t/a:1', 't/b:1']);
    served.model.addContainer('web', id, 'running');
    served.model.addContainer('job', id, 'exited');
    const run = await rmi(served, [id], { untagAnyway: true, allNames: true });
    expect(actions(run)).toStrictEqual([
      'remove-name docker.io/t/a:1 -> untagged',
      'untag-anyway docker.io/t/b:1 -> dangling',
    ]);
    expect(run.report).toMatchObject({ complete: true, results: [{}, { outcome: 'done', image: 'there' }] });
    expect([...served.model.containers.values()].map(({ state }) => state)).toStrictEqual(['running', 'exited']);
    expect(served.model.images.get(id.slice(7))?.names.size).toBe(0);
    // Now it has none that could be taken away.
    expect(refusals(await rmi(served, [id], { untagAnyway: true }))).toMatchObject([
      ['no-name', 'IMAGE_IN_USE', {}, {}],
    ]);
  });

  it('untags anyway an image whose containers have ended, and says what becomes of it', async () => {
    const served = await start(kind);
    const id = served.model.addImage(['t/a:1']);
    served.model.addContainer('job', id, 'exited');
    const run = await rmi(served, ['t/a:1'], { untagAnyway: true });
    const goes = kind === 'docker 20' || kind === 'docker 28 classic';
    expect(run.report).toMatchObject({
      complete: true,
      plan: { steps: [{ leaves: goes ? 'removed' : 'dangling' }] },
      results: [{ image: goes ? 'gone' : 'there' }],
    });
    expect(served.model.container('job')?.state).toBe('exited');
  });

  it('refuses an image on which others were built', async () => {
    const served = await start(kind);
    const base = served.model.addImage(['t/base:1']);
    const app = served.model.addImage(['t/app:1'], { parent: base.slice(7) });
    expect(refusals(await rmi(served, ['t/base:1']))).toStrictEqual([
      ['children', 'IMAGE_HAS_CHILDREN', 'docker.io/t/app:1'],
    ]);
    const keeps = kind === 'docker 20' || kind === 'docker 28 classic';
    const run = await rmi(served, ['t/base:1'], { allowParent: true });
    expect(actions(run)).toStrictEqual(
      kind === 'docker 28 containerd'
        ? ['remove-name docker.io/t/base:1 -> dangling', 'remove-image -> removed']
        : [`remove-name docker.io/t/base:1 -> ${keeps ? 'dangling' : 'removed'}`],
    );
    expect(run.report.results[0]?.deleted ?? []).toStrictEqual(
      run.report.results[0]?.image === 'gone' && !kind.startsWith('podman') ? [base] : [],
    );
    expect(run.report.complete).toBe(true);
    expect(served.model.images.has(base.slice(7))).toBe(keeps);
    expect(served.model.images.has(app.slice(7))).toBe(true);
    if (keeps) {
      expect(refusals(await rmi(served, [base], { allowParent: true }))).toStrictEqual([
        ['children', 'IMAGE_HAS_CHILDREN', 'docker.io/t/app:1'],
      ]);
    }
  });

  it('takes children before their parents', async () => {
    const served = await start(kind);
    const base = served.model.addImage(['t/base:1']);
    const middle = served.model.addImage([], { parent: base.slice(7) });
    served.model.addImage(['t/app:1'], { parent: middle.slice(7) });
    const run = await rmi(served, ['t/base:1', middle, 't/app:1']);
    expect(run.report.complete).toBe(true);
    expect(served.model.images.size).toBe(0);
  });

  it('refuses an image that is mounted', async () => {
    const served = await start(kind);
    const id = served.model.addImage(['t/data:1']);
    served.model.addContainer('web', served.model.addImage(['t/a:1']), 'running', { mounts: ['t/data:1'] });
    expect(refusals(await rmi(served, [id]))).toStrictEqual([['running', 'IMAGE_IN_USE', 'web']]);
  });

  it('refuses an unnamed image while a container mounts one by a name that is gone', async () => {
    const served = await start(kind);
    const id = served.model.addImage([]);
    served.model.addContainer('web', served.model.addImage(['t/a:1']), 'running', { mounts: ['t/gone:1'] });
    expect(refusals(await rmi(served, [id]))).toStrictEqual([['running', 'IMAGE_IN_USE', 'web']]);
  });

  it('removes an image without a name by its ID', async () => {
    const served = await start(kind);
    const id = served.model.addImage([]);
    const run = await rmi(served, [id]);
    expect(actions(run)).toStrictEqual(['remove-image -> removed']);
    expect(run.report.complete).toBe(true);
    expect(served.model.images.size).toBe(0);
  });

  it('knows references by digest', async () => {
    const served = await start(kind);
    const digest = `docker.io/t/a@sha256:${'1'.repeat(64)}`;
    served.model.addImage(['t/a:1'], { digests: [digest] });
    const byTag = await rmi(served, ['t/a:1'], {}, true);
    expect(byTag.report.plan.steps).toMatchObject([{ action: 'remove-name', leaves: 'removed', takes: [digest] }]);
    const byDigest = await rmi(served, [`t/a@sha256:${'1'.repeat(64)}`], {}, true);
    expect(byDigest.report.plan).toStrictEqual(byTag.report.plan);
    await expect(rmi(served, [`t/b@sha256:${'1'.repeat(64)}`])).rejects.toMatchObject({ code: 'REFERENCE_NOT_FOUND' });
    expect((await rmi(served, [digest])).report.complete).toBe(true);
    const lone = `docker.io/t/c@sha256:${'2'.repeat(64)}`;
    served.model.addImage([], { digests: [lone] });
    const run = await rmi(served, [lone]);
    expect(actions(run)).toStrictEqual([`remove-name ${lone} -> removed`]);
    expect(run.report.complete).toBe(true);
    expect(served.model.images.size).toBe(0);
  });

  it('shows the plan that it would carry out', async () => {
    const served = await start(kind);
    const id = served.model.addImage(['t/a:1', 't/b:1']);
    served.model.addContainer('job', id, 'exited');
    const options = { allNames: true, removeStopped: true };
    const shown = await rmi(served, [id], options, true);
    expect(shown.report).toMatchObject({ dryRun: true, complete: true, results: [] });
    expect(served.model.changes).toStrictEqual([]);
    expect((await rmi(served, [id], options)).report.plan).toStrictEqual(shown.report.plan);
  });

  it('tells what is missing', async () => {
    const served = await start(kind);
    served.model.addImage(['t/app:1']);
    await expect(rmi(served, ['t/ap:1'])).rejects.toMatchObject({
      code: 'REFERENCE_NOT_FOUND',
      details: { found: 'docker.io/t/app:1' },
    });
    await expect(rmi(served, ['9'.repeat(64)])).rejects.toMatchObject({ code: 'REFERENCE_NOT_FOUND' });
    const run = await rmi(served, ['t/ap:1', 't/app:1'], { ignoreMissing: true });
    expect(run.report).toMatchObject({ complete: true, plan: { missing: ['t/ap:1'] } });
    expect(served.model.images.size).toBe(0);
  });

  it('refuses options that contradict each other', async () => {
    const served = await start(kind);
    served.model.addImage(['t/app:1']);
    for (const more of [{ removeStopped: true }, { stop: ['x'] }]) {
      await expect(rmi(served, ['t/app:1'], { untagAnyway: true, ...more })).rejects.toMatchObject({ code: 'USAGE' });
    }
  });
});

describe('a name that may be an ID', () => {
  it('is refused where both exist', async () => {
    const served = await start('docker 28 classic');
    const id = served.model.addImage(['t/a:1']).slice(7);
    served.model.addImage([`${id.slice(0, 6)}:latest`]);
    await expect(rmi(served, [id.slice(0, 6)])).rejects.toMatchObject({ code: 'REFERENCE_AMBIGUOUS' });
    expect((await rmi(served, [`${id.slice(0, 6)}:latest`])).report.complete).toBe(true);
    expect((await rmi(served, [id.slice(0, 6)])).report.complete).toBe(true);
  });

  it('means the localhost of Podman, too', async () => {
    const served = await start('podman 5');
    served.model.addImage(['localhost/app:1']);
    served.model.addImage(['localhost/both:1']);
    served.model.addImage(['docker.io/library/both:1']);
    expect((await rmi(served, ['app:1'])).report.complete).toBe(true);
    await expect(rmi(served, ['both:1'])).rejects.toMatchObject({ code: 'REFERENCE_AMBIGUOUS' });
  });
});

describe('containers that are not ours to delete', () => {
  it.for<[string, ModelState, { pod?: string }]>([
    ['external', 'storage', {}],
    ['pod', 'exited', { pod: 'f'.repeat(64) }],
  ])('%s', async ([refusal, state, more]) => {
    const served = await start('podman 4');
    const id = served.model.addImage(['t/a:1']);
    served.model.addContainer('work', id, state, more);
    expect(refusals(await rmi(served, ['t/a:1'], { removeStopped: true, stop: ['work'] }))).toStrictEqual([
      [refusal, 'IMAGE_IN_USE', 'work'],
    ]);
  });

  it('says that Podman cannot stop what is paused', async () => {
    const served = await start('podman 5');
    served.model.addContainer('web', served.model.addImage(['t/a:1']), 'paused');
    const run = await rmi(served, ['t/a:1'], { removeStopped: true, stop: ['web'] });
    expect(refusals(run)).toStrictEqual([['paused', 'IMAGE_IN_USE', 'web']]);
  });
});

describe.each([...MODEL_KINDS])('what changes between plan and run of %s', (kind) => {
  it('a container that starts is not harmed: it comes before the check', async () => {
    const served = await start(kind);
    const id = served.model.addImage(['t/a:1']);
    served.model.addContainer('job', id, 'exited');
    const { engine } = served;
    let asked = 0;
    const late = {
      ...engine,
      containers: async () => {
        if (asked++ === 1) served.model.addContainer('new', id, 'running');
        return engine.containers();
      },
    };
    const run = await rmi({ ...served, engine: late }, ['t/a:1'], { removeStopped: true });
    expect(outcomes(run)).toStrictEqual(['changed IMAGE_IN_USE', 'skipped']);
    expect(run.report.complete).toBe(false);
    expect([...served.model.containers.values()].map(({ name }) => name)).toStrictEqual(['job', 'new']);
  });

  it('a container that starts is not harmed: the engine refuses', async () => {
    const served = await start(kind);
    const id = served.model.addImage(['t/a:1', 't/b:1']);
    served.model.beforeChange = ({ path }) => {
      if (path.includes('b%3A1')) served.model.addContainer('new', id, 'running');
    };
    const run = await rmi(served, [id], { allNames: true });
    expect(outcomes(run)).toStrictEqual(['done', 'refused IMAGE_IN_USE']);
    expect(run.report.complete).toBe(false);
    expect(served.model.images.has(id.slice(7))).toBe(true);
    expect(served.model.container('new')?.state).toBe('running');
  });

  it('a container that starts again is not deleted', async () => {
    const served = await start(kind);
    const id = served.model.addImage(['t/a:1']);
    served.model.addContainer('job', id, 'exited');
    served.model.beforeChange = () => {
      served.model.container('job')!.state = 'running';
    };
    const run = await rmi(served, ['t/a:1'], { removeStopped: true });
    expect(outcomes(run)).toStrictEqual(['refused IMAGE_IN_USE', 'skipped']);
    expect(served.model.container('job')?.state).toBe('running');
  });

  it('a name that moves is left to its new image', async () => {
    const served = await start(kind);
    const id = served.model.addImage(['t/a:1', 't/b:1']);
    let moved = '';
    served.model.beforeChange = () => {
      if (moved === '') moved = served.model.addImage(['t/b:1']);
    };
    const run = await rmi(served, [id], { allNames: true });
    expect(outcomes(run)).toStrictEqual(['done', 'changed ENGINE_CHANGED']);
    expect(served.model.imageNamed('t/b:1')?.id).toBe(moved.slice(7));
  });

  it('the last name is not taken for one of several', async () => {
    const served = await start(kind);
    const id = served.model.addImage(['t/a:1', 't/b:1']);
    const { engine } = served;
    let asked = 0;
    const late = {
      ...engine,
      containers: () => {
        if (asked++ === 1) served.model.images.get(id.slice(7))?.names.delete('docker.io/t/b:1');
        return engine.containers();
      },
    };
    const run = await rmi({ ...served, engine: late }, ['t/a:1']);
    expect(outcomes(run)).toStrictEqual(['changed ENGINE_CHANGED']);
    expect(served.model.images.has(id.slice(7))).toBe(true);
  });

  it('no container is deleted for an image that has got another name', async () => {
    const served = await start(kind);
    const id = served.model.addImage(['t/a:1']);
    served.model.addContainer('job', id, 'exited');
    const { engine } = served;
    let asked = 0;
    const late = {
      ...engine,
      containers: () => {
        if (asked++ === 1) served.model.giveName(id.slice(7), 't/new:1');
        return engine.containers();
      },
    };
    const run = await rmi({ ...served, engine: late }, ['t/a:1'], { removeStopped: true });
    expect(outcomes(run)).toStrictEqual(['changed ENGINE_CHANGED', 'skipped']);
    expect(served.model.container('job')?.state).toBe('exited');
  });

  it('a signal ends the run between two steps, and what was done is told', async () => {
    const served = await start(kind);
    const id = served.model.addImage(['t/a:1', 't/b:1', 't/c:1']);
    const { ToolError } = await import('../../../../src/base/error.js');
    const controller = new AbortController();
    served.model.beforeChange = () => controller.abort(new ToolError('INTERRUPTED', 'stopped by SIGINT'));
    const options = { ...DEFAULT_ENGINE_RMI, allNames: true };
    const setting = { dryRun: false, signal: controller.signal };
    const run = await removeEngineImages([id], options, setting, served.engine);
    expect(outcomes(run)).toStrictEqual(['done', 'failed INTERRUPTED', 'skipped']);
    expect(run.failure?.code).toBe('INTERRUPTED');
    expect(served.model.images.get(id.slice(7))?.names.size).toBe(2);
  });

  it('what is gone already is no failure', async () => {
    const served = await start(kind);
    const id = served.model.addImage(['t/a:1', 't/b:1']);
    served.model.beforeChange = () => served.model.images.delete(id.slice(7));
    const run = await rmi(served, [id], { allNames: true });
    expect(outcomes(run)).toStrictEqual(['missing ENGINE_CHANGED', 'missing ENGINE_CHANGED']);
    expect(run.report.complete).toBe(true);
  });

  it('an engine that goes away is told with what was done', async () => {
    const served = await start(kind);
    const id = served.model.addImage(['t/a:1', 't/b:1']);
    const { ToolError } = await import('../../../../src/base/error.js');
    const broken = {
      ...served.engine,
      removeName: (name: string) =>
        name.endsWith('b:1') ? Promise.reject(new ToolError('ENGINE_SILENT', 'gone')) : served.engine.removeName(name),
    };
    const run = await rmi({ ...served, engine: broken }, [id], { allNames: true });
    expect(outcomes(run)).toStrictEqual(['done', 'failed ENGINE_SILENT']);
    expect(run.failure?.code).toBe('ENGINE_SILENT');
  });
});

describe('docker 28 classic', () => {
  it('refuses an image on which another was built meanwhile', async () => {
    const served = await start('docker 28 classic');
    const id = served.model.addImage([]);
    served.model.beforeChange = () => served.model.addImage(['t/late:1'], { parent: id.slice(7) });
    const run = await rmi(served, [id]);
    expect(outcomes(run)).toStrictEqual(['refused ENGINE_REFUSED']);
    expect(run.report).toMatchObject({ complete: false, results: [{ image: 'there' }] });
  });
});

describe('podman 4', () => {
  it('takes untagged parents along, and the plan says so', async () => {
    const served = await start('podman 4');
    const base = served.model.addImage([]);
    served.model.addImage(['t/app:1'], { parent: base.slice(7) });
    const run = await rmi(served, ['t/app:1']);
    expect(run.report.plan.steps).toMatchObject([{ leaves: 'removed', takes: [base] }]);
    expect(served.model.images.size).toBe(0);
  });
});

describe('an ID of another engine', () => {
  it('is found among what the engine calls configs and manifests', async () => {
    const served = await start('docker 28 containerd');
    const id = served.model.addImage(['t/a:1']);
    const config = `sha256:${'c'.repeat(64)}`;
    const { engine } = served;
    const knowing = {
      ...engine,
      image: async (text: string) => {
        const detail = await engine.image(text);
        return detail === undefined ? undefined : { ...detail, configDigest: config as typeof detail.id };
      },
    };
    const run = await rmi({ ...served, engine: knowing }, [config.slice(7)]);
    expect(run.report).toMatchObject({ complete: true, plan: { steps: [{ image: id }] } });
  });
});
