import { describe, expect, it } from 'vitest';
import { streamOf, utf8 } from '../../../../src/base/bytes.js';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.js';
import { registryAddress } from '../../../../src/transport/registry/address.js';
import { Authenticator } from '../../../../src/transport/registry/authenticate.js';
import type { Credential } from '../../../../src/transport/registry/credential.js';
import type { HttpRequest } from '../../../../src/transport/registry/http.js';
import { failureOf } from '../../../support/memory-place.js';

interface Asked {
  readonly request: HttpRequest;
  readonly authorization: string | undefined;
}

/** An authenticator for a registry that is not on loopback, whose token server answers with this. */
const authenticatorFor = (
  base: string,
  credential: Credential | undefined,
  status: number,
): { readonly authenticator: Authenticator; readonly asked: Asked[] } => {
  const asked: Asked[] = [];
  const authenticator = new Authenticator({
    address: registryAddress('lan.example'),
    base: new URL(base),
    insecure: base.startsWith('https://safe') ? [] : ['lan.example'],
    credentials: async () => credential,
    send: async (request, authorization) => {
      asked.push({ request, authorization });
      const body = streamOf(utf8(status === 200 ? '{"token":"t1"}' : '{}'));
      return { status, headers: {}, body, cancel: () => {} };
    },
    now: () => 0,
    limits: DEFAULT_LIMITS,
  });
  authenticator.learn('Bearer realm="https://auth.example/token",service="x"');
  return { authenticator, asked };
};

const PASSWORD: Credential = { kind: 'password', username: 'user', password: 'canary' };
const IDENTITY: Credential = { kind: 'identity', token: 'canary' };
const SCOPES = ['repository:a/b:pull'];

describe('a token server that anybody may have named', () => {
  const cases: readonly (readonly [base: string, credential: Credential])[] = [
    ['http://lan.example/', PASSWORD],
    ['http://lan.example/', IDENTITY],
    ['https://lan.example/', PASSWORD],
    ['https://lan.example/', IDENTITY],
  ];

  it.for(cases)('for %s is asked as nobody', async ([base, credential]) => {
    const { authenticator, asked } = authenticatorFor(base, credential, 200);
    expect(await authenticator.authorize(SCOPES)).toBe('Bearer t1');
    expect(asked).toHaveLength(1);
    expect(asked[0]?.authorization).toBeUndefined();
    expect(asked[0]?.request.method).toBe('GET');
    expect(asked[0]?.request.body).toBeUndefined();
    expect(asked[0]?.request.url.href).not.toMatch(/canary|account/);
  });

  it.for(cases)('for %s that wants to know more is an error', async ([base, credential]) => {
    for (const status of [401, 403]) {
      const { authenticator } = authenticatorFor(base, credential, status);
      const error = await failureOf(() => authenticator.authorize(SCOPES));
      expect(error).toMatchObject({ code: 'AUTH_REALM_UNTRUSTED', details: { subject: base } });
      expect(error.message).not.toContain('canary');
    }
  });

  it('wants credentials where none are known', async () => {
    const { authenticator } = authenticatorFor('http://lan.example/', undefined, 401);
    expect(await failureOf(() => authenticator.authorize(SCOPES))).toMatchObject({ code: 'AUTH_REQUIRED' });
  });

  it('gets them from a registry that was verified', async () => {
    const { authenticator, asked } = authenticatorFor('https://safe.example/', PASSWORD, 200);
    await authenticator.authorize(SCOPES);
    expect(asked[0]?.authorization).toBe(`Basic ${Buffer.from('user:canary').toString('base64')}`);
  });
});
