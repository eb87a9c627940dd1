import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.js';
import { loadValidator } from '../../../../src/base/schema.js';
import { type EngineAdvice, engineInfo } from '../../../../src/operation/engine/info.js';
import { engineInfoLines } from '../../../../src/cli/render/engine-info.js';
import { connectEngine } from '../../../../src/transport/engine/connect.js';
import { type RecordedEngine, startFakeEngine } from '../../../support/fake-engine.js';

type AdviceID = EngineAdvice['id'];

describe('engine info', () => {
  it.for<[name: RecordedEngine, advice: readonly AdviceID[]]>([
    ['docker-20', ['id-is-config', 'layers-lose-compression']],
    ['docker-28-classic', ['id-is-config', 'layers-lose-compression', 'other-store-hidden']],
    ['docker-28-containerd', ['id-is-manifest', 'other-store-hidden']],
    [
      'podman-4',
      [
        'id-is-config',
        'layers-lose-compression',
        'force-deletes-containers',
        'force-kills-running',
        'load-races-prune',
        'noprune-ignored',
        'prune-filter-broken',
      ],
    ],
    ['podman-5', ['id-is-config', 'layers-lose-compression', 'force-deletes-containers', 'load-races-prune']],
  ])('knows what is peculiar about %s', async ([name, advice]) => {
    const fake = await startFakeEngine(name);
    try {
      const engine = await connectEngine({ host: fake.socket, env: {}, limits: DEFAULT_LIMITS });
      const report = await engineInfo(engine);
      engine.close();
      expect(report.advice.map(({ id }) => id)).toStrictEqual(advice);
      expect(report.containers.running).toBe(1);
      expect(report.images.named).toBeGreaterThan(1);
      expect((await loadValidator('engine-info-report'))(JSON.parse(JSON.stringify(report)) as never)).toStrictEqual(
        [],
      );
      expect(engineInfoLines(report).join('\n')).toContain(fake.socket);
    } finally {
      await fake.stop();
    }
  });

  it('warns of a connection that is open to everybody', async () => {
    const fake = await startFakeEngine('docker-20');
    const engine = await connectEngine({ host: fake.socket, env: {}, limits: DEFAULT_LIMITS });
    const { info } = engine;
    const open = { ...engine, info: { ...info, traits: { ...info.traits, isEncrypted: false } } };
    expect((await engineInfo(open)).advice.map(({ id }) => id)).toContain('not-encrypted');
    engine.close();
    await fake.stop();
  });
});
