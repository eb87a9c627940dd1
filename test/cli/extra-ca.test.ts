import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reply } from '../support/fake-registry-answers.js';
import { makeAuthority } from '../support/fake-registry-tls.js';
import { type FakeRegistry, startFakeRegistry } from '../support/fake-registry.js';

const module = new URL('../../dist/transport/registry/host.js', import.meta.url).href;

let folder: string;
let registry: FakeRegistry;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ingot-extra-ca-'));
  const authority = makeAuthority();
  writeFileSync(join(folder, 'extra.pem'), authority.cert);
  writeFileSync(join(folder, 'given.pem'), makeAuthority('Another').cert);
  registry = await startFakeRegistry({ tls: authority.issue('IP:127.0.0.1') });
  registry.always('HEAD /v2/x', reply(200));
});
afterAll(async () => {
  await registry.close();
  rmSync(folder, { recursive: true });
});

/** Asks the registry in a process of its own, as Node reads the variable when it starts. */
const ask = async (ca: readonly string[], extra: string): Promise<string> => {
  const script = `
    import { openRegistryHost } from ${JSON.stringify(module)};
    const settings = { environment: process.env, certificateFolders: [], ca: ${JSON.stringify(ca)} };
    const host = openRegistryHost(${JSON.stringify(registry.host)}, settings);
    const answer = await host
      .send({ method: 'HEAD', target: '/v2/x', scopes: [], expect: [200] })
      .catch((error) => ({ status: error.code }));
    console.log(answer.status);
    await host.close();`;
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: extra };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env });
  return stdout.trim();
};

describe('NODE_EXTRA_CA_CERTS', () => {
  it('is trusted, alone and besides a CA that is given', async () => {
    const extra = join(folder, 'extra.pem');
    expect(await ask([], extra)).toBe('200');
    expect(await ask([join(folder, 'given.pem')], extra)).toBe('200');
    expect(await ask([join(folder, 'given.pem')], '')).toBe('TLS_FAILED');
  });
});
