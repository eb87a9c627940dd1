import { readAll } from '../../src/base/bytes.js';
import {
  type RegistryHost,
  type RegistryRequest,
  type RegistrySettings,
  openRegistryHost,
} from '../../src/transport/registry/host.js';
import { type Timing, SYSTEM_TIMING } from '../../src/transport/registry/patience.js';

/** A clock that does not wait, and tells how long it should have. */
export interface FakeTiming extends Timing {
  readonly slept: number[];
  /** Lets time go by. */
  pass(milliseconds: number): void;
}

export const fakeTiming = (): FakeTiming => {
  const slept: number[] = [];
  let ahead = 0;
  return {
    slept,
    now: () => SYSTEM_TIMING.now() + ahead,
    random: () => 0,
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      slept.push(milliseconds);
      ahead += milliseconds;
    },
    pass: (milliseconds) => {
      ahead += milliseconds;
    },
  };
};

/** An environment in which nobody is logged in. */
export const NOBODY: Readonly<Record<string, string>> = {
  HOME: '/nonexistent',
  XDG_RUNTIME_DIR: '/nonexistent',
  PATH: process.env['PATH'] ?? '',
};

const opened: RegistryHost[] = [];

/** A registry without the surroundings of this machine, which {@link closeRegistryHosts} closes. */
export const openHost = (name: string, settings: Partial<RegistrySettings> = {}): RegistryHost => {
  const host = openRegistryHost(name, {
    environment: NOBODY,
    certificateFolders: [],
    timing: fakeTiming(),
    ...settings,
  });
  opened.push(host);
  return host;
};

export const closeRegistryHosts = async (): Promise<void> => {
  await Promise.all(opened.splice(0).map((host) => host.close()));
};

export interface TextAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly url: string;
  readonly text: string;
}

/** Sends a request, by default a GET that has to be answered with 200, and reads all of the answer. */
export const ask = async (
  host: RegistryHost,
  target: string,
  request: Partial<RegistryRequest> = {},
): Promise<TextAnswer> => {
  const answer = await host.send({ method: 'GET', target, scopes: [], expect: [200], ...request });
  const bytes = await readAll(answer.body, 1 << 26, { code: 'DEFECT', subject: 'test' });
  const { status, headers, url } = answer;
  return { status, headers, url, text: Buffer.from(bytes).toString('utf8') };
};

/** A body of a request. */
export const bodyOf = (text: string): NonNullable<RegistryRequest['body']> => ({
  length: Buffer.byteLength(text),
  open: async function* () {
    yield Buffer.from(text);
  },
});
