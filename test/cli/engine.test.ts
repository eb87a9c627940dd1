import { afterEach, describe, expect, it } from 'vitest';
import { type ServedModel, serveModel } from '../support/engine-in-memory.js';
import type { ModelKind } from '../support/model-engine.js';
import { run, runFailing, runJson } from './support/run.js';
import { inScratch } from './support/scratch.js';

inScratch();

let served: ServedModel | undefined;

const start = async (kind: ModelKind = 'podman 5'): Promise<ServedModel> => {
  served = await serveModel(kind);
  return served;
};

afterEach(async () => {
  const violations = served?.model.violations ?? [];
  await served?.close();
  served = undefined;
  // Whatever a test is about: nothing forbidden was asked for.
  if (violations.length > 0) throw new Error(violations.join('\n'));
});

const env = (): { env: Record<string, string> } => ({ env: { DOCKER_HOST: served?.host ?? '' } });
const engine = (...words: string[]): ReturnType<typeof run> => run(['engine', ...words], env());
const short = (id: string): string => id.slice(7, 19);

describe('engine images', () => {
  it('lists names and who uses them', async () => {
    const { model } = await start();
    const app = model.addImage(['t/app:1', 't/app:2'], { labels: { keep: 'yes' } });
    const base = model.addImage([]);
    model.addImage(['t/child:1'], { parent: base.slice(7) });
    const lost = model.addImage([]);
    model.addContainer('web', app, 'running');
    model.addContainer('job', app, 'exited');
    const users = 'job (exited), web (running)';
    const { code, stdout, stderr } = await engine('images');
    expect({ code, stderr }).toStrictEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toStrictEqual([
      ['NAME', 'ID', 'SIZE', 'USED BY'],
      ['docker.io/t/app:1', short(app), '1.23 MB', users],
      ['docker.io/t/app:2', short(app), '1.23 MB', users],
      ['docker.io/t/child:1', expect.any(String), '1.23 MB'],
      ['(dangling)', short(lost), '1.23 MB'],
      [''],
    ]);
    expect((await engine('images', '--all')).stdout).toContain('(intermediate)');
  });

  it.for<[string, number]>([
    ['--filter dangling=true', 1],
    ['--filter dangling!=true', 2],
    ['--filter label=keep', 1],
    ['--filter label=keep=yes', 1],
    ['--filter label=keep=no', 0],
    ['--filter label!=keep', 2],
    ['--filter used=true', 1],
    ['--filter used=0', 2],
    ['--filter reference=t/*', 2],
    ['--filter reference=t/a --filter reference=t/b:2', 1],
    ['--filter reference=t/a --filter used=true', 1],
    ['t/b t/c', 1],
  ])('filters: %s', async ([words, count]) => {
    const { model } = await start();
    model.addContainer('web', model.addImage(['t/a:1'], { labels: { keep: 'yes' } }), 'running');
    model.addImage(['t/b:1']);
    const lost = model.addImage([]);
    const report = (await runJson('engine-images-report', ['engine', 'images', ...words.split(' ')], env())) as {
      readonly images: readonly { readonly id: string }[];
    };
    expect(report.images).toHaveLength(count);
    const byID = await runJson('engine-images-report', ['engine', 'images', '--filter', `id=${short(lost)}`], env());
    expect(byID).toMatchObject({ images: [{ id: lost, reason: 'dangling' }] });
  });

  it('shows nothing that a terminal obeys', async () => {
    const { model } = await start();
    model.addImage([], { digests: ['evil\u001b[2J@sha256:0'] });
    expect((await engine('images')).stdout).toContain('\\x1b[2J');
  });
});

describe('engine rmi', () => {
  it('shows the plan, and then what came of it', async () => {
    const { model } = await start();
    const id = model.addImage(['t/a:1', 't/b:1']);
    model.addContainer('job', id, 'exited');
    const words = ['rmi', short(id), '--all-names', '--remove-stopped'];
    const shown = await engine(...words, '--dry-run');
    expect(shown).toMatchObject({
      code: 0,
      stderr: '',
      stdout: [
        `image ${id}`,
        '  delete container job',
        '  take name docker.io/t/a:1; the image keeps other names',
        '  take name docker.io/t/b:1; the image goes with it',
        'plan: 3 steps; nothing was done',
        '',
      ].join('\n'),
    });
    expect(model.changes).toStrictEqual([]);
    expect(await engine(...words)).toMatchObject({
      code: 0,
      stderr: '',
      stdout: [
        `image ${id}`,
        '  delete container job: done',
        '  take name docker.io/t/a:1; the image keeps other names: done',
        '  take name docker.io/t/b:1; the image goes with it: done',
        'done: 1 container deleted, 2 names taken, 1 image removed',
        '',
      ].join('\n'),
    });
  });

  it('refuses with exit status 1, what and why and what to do', async () => {
    const { model } = await start();
    const id = model.addImage(['t/a:1']);
    model.addContainer('web', id, 'running');
    expect(await engine('rmi', 't/a:1')).toMatchObject({
      code: 1,
      stderr: '',
      stdout: [
        'refused: IMAGE_IN_USE: t/a:1: used by web (running)',
        '  hint: stop it, or say --stop web --remove-stopped; --untag-anyway takes the name alone',
        'refused: 1 reason; nothing was done',
        '',
      ].join('\n'),
    });
    const report = await runJson('engine-removal-report', ['engine', 'rmi', 't/a:1'], env());
    expect(report).toMatchObject({ complete: false, plan: { refusals: [{ kind: 'running', code: 'IMAGE_IN_USE' }] } });
    expect(await engine('rmi', 't/a:1', '--stop', 'web', '--remove-stopped', '--stop-timeout', '1')).toMatchObject({
      code: 0,
    });
    expect(model.containers.size).toBe(0);
  });

  it('tells of what was done only in part', async () => {
    const { model } = await start();
    const id = model.addImage(['t/a:1', 't/b:1']);
    model.beforeChange = ({ path }) => {
      if (path.includes('b%3A1')) model.addContainer('late', id, 'running');
    };
    const { code, stdout } = await engine('rmi', id, '--all-names');
    expect(code).toBe(1);
    expect(stdout.split('\n').slice(1)).toStrictEqual([
      '  take name docker.io/t/a:1; the image keeps other names: done',
      expect.stringMatching(/^ {2}take name docker\.io\/t\/b:1; the image goes with it: refused: IMAGE_IN_USE: image /),
      'not complete: 1 of 2 steps done: 1 name taken, 0 images removed',
      '',
    ]);
  });

  it('untags anyway', async () => {
    const { model } = await start('docker 20');
    const id = model.addImage(['t/a:1']);
    model.addContainer('web', id, 'running');
    const { code, stdout } = await engine('rmi', 't/a:1', '--untag-anyway', '--quiet');
    expect({ code, stdout }).toStrictEqual({ code: 0, stdout: '' });
    expect(model.images.get(id.slice(7))?.names.size).toBe(0);
  });
});

describe('engine prune', () => {
  it('does nothing without --yes', async () => {
    const { model } = await start();
    const lost = model.addImage([]);
    const used = model.addImage([]);
    model.addContainer('web', used, 'running');
    model.addImage(['t/keep:1'], { labels: { keep: 'yes' } });
    const old = model.addImage(['t/old:1']);
    expect(await engine('prune')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: [
        `image ${lost}`,
        '  remove the image, which has no name',
        `kept: ${used}: used by web`,
        'plan: 1 step; nothing was done',
        '',
      ].join('\n'),
    });
    expect(model.changes).toStrictEqual([]);
    const words = ['engine', 'prune', '--all', '--filter', 'label!=keep', '--yes'];
    const report = await runJson('engine-removal-report', words, env());
    expect(report).toMatchObject({ complete: true, dryRun: false, plan: { kept: [{ reason: 'used', by: ['web'] }] } });
    expect(model.images.has(lost.slice(7)) || model.images.has(old.slice(7))).toBe(false);
    expect(model.imageNamed('t/keep:1')).toBeDefined();
  });

  it('goes on to the next image where one is refused', async () => {
    const { model } = await start();
    const ids = [model.addImage([]), model.addImage([]), model.addImage([])].toSorted();
    model.beforeChange = ({ path }) => {
      if (path.includes(ids[1]!.slice(7))) model.addContainer('late', ids[1]!, 'running');
    };
    const report = await runJson('engine-removal-report', ['engine', 'prune', '--yes'], env());
    expect(report).toMatchObject({
      complete: false,
      results: [{ outcome: 'done' }, { outcome: 'refused', code: 'IMAGE_IN_USE' }, { outcome: 'done' }],
    });
    expect([...model.images.keys()]).toStrictEqual([ids[1]!.slice(7)]);
  });

  it('takes intermediate images with the last image that was built on them, and keeps bases of what stays', async () => {
    const { model } = await start('docker 28 classic');
    const base = model.addImage([]);
    const lost = model.addImage([], { parent: base.slice(7) });
    const kept = model.addImage(['t/base:1']);
    model.addImage(['t/app:1'], { parent: kept.slice(7), labels: { keep: '' } });
    const words = ['engine', 'prune', '--all', '--filter', 'label!=keep', '--yes'];
    const report = await runJson('engine-removal-report', words, env());
    expect(report).toMatchObject({
      complete: true,
      plan: {
        steps: [{ image: lost }, { image: base }],
        kept: [{ image: kept, reason: 'children', by: ['docker.io/t/app:1'] }],
      },
    });
    expect(model.images.size).toBe(2);
  });
});

describe('a command line for engines that is wrong', () => {
  it.for<[string, Record<string, unknown>]>([
    ['engine', { expected: 'ingot engine images [PATTERN...] | rmi IMAGE... | prune | info' }],
    ['engine image', { found: '"image"', expected: 'images, rmi, prune, info' }],
    ['engine rmi', { expected: 'ingot engine rmi IMAGE...' }],
    ['engine prune app:1', { found: '"app:1"' }],
    ['engine info app:1', { found: '"app:1"' }],
    ['engine images --yes', { subject: '--yes' }],
    ['engine prune --remove-stopped', { subject: '--remove-stopped' }],
    ['engine rmi app:1 --filter used=1', { subject: '--filter' }],
    ['engine prune --yes --dry-run', {}],
    ['engine prune --filter until=24h', { subject: '--filter', found: '"until=24h"' }],
    ['engine prune --filter before=app:1', { subject: '--filter', found: '"before=app:1"' }],
    ['engine prune --filter colour=red', { subject: '--filter' }],
    ['engine prune --filter dangling=perhaps', { subject: '--filter' }],
    ['engine rmi app:1 --stop-timeout soon', { subject: '--stop-timeout' }],
    ['engine rmi app:1 --untag-anyway --stop web', { found: '--stop' }],
  ])('%s', async ([line, details]) => {
    const { model } = await start();
    model.addImage(['app:1']);
    expect(await runFailing(line.split(' '), env())).toMatchObject({ code: 2, error: { code: 'USAGE', ...details } });
    expect(model.changes).toStrictEqual([]);
  });
});
