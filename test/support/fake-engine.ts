import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An answer that a real engine gave. */
interface RecordedAnswer {
  readonly request: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
}

interface Recording {
  readonly about: string;
  readonly answers: readonly RecordedAnswer[];
  /** To bytes that are no archive. */
  readonly refusedLoad: RecordedAnswer;
}

export const RECORDED_ENGINES = [
  'docker-20',
  'docker-28-classic',
  'docker-28-containerd',
  'podman-4',
  'podman-5',
] as const;
export type RecordedEngine = (typeof RECORDED_ENGINES)[number];

export const recordingOf = (name: RecordedEngine): Recording =>
  JSON.parse(readFileSync(new URL(`../fixtures/engines/${name}.json`, import.meta.url), 'utf8')) as Recording;

/** An answer of a script. A function writes it itself and may break off. */
export type FakeAnswer =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
    }
  | ((request: IncomingMessage, response: ServerResponse) => void);

export interface FakeEngine {
  readonly socket: string;
  /** `METHOD PATH` of all requests so far. */
  readonly requests: readonly string[];
  /** Answers a request differently from now on; the path is without the version of the API. */
  answer(request: string, answer: FakeAnswer): void;
  stop(): Promise<void>;
}

const withoutVersion = (request: string): string => request.replace(/ \/v\d[\d.]*\//, ' /');

/** The question to which every engine has said no. */
const NO_IMAGE = 'GET /images/docker.io%2Ft%2Fnone%3A1/json';

const recorded = ({ status, headers, json, text }: RecordedAnswer): FakeAnswer => ({
  status,
  headers,
  body: text ?? JSON.stringify(json),
});

const readBody = async (request: IncomingMessage): Promise<void> => {
  for await (const _chunk of request) {
    // An engine reads what it is sent.
  }
};

/** A server on a unix socket that answers as a recorded engine did, and 501 to all else. */
export const startFakeEngine = async (name: RecordedEngine): Promise<FakeEngine> => {
  const directory = await mkdtemp(join(tmpdir(), 'ingot-fake-'));
  const socket = join(directory, 's.sock');
  const requests: string[] = [];
  const answers = new Map<string, FakeAnswer>(
    recordingOf(name).answers.map((answer) => [withoutVersion(answer.request), recorded(answer)]),
  );
  const server: Server = createServer((request, response) => {
    const text = `${request.method ?? ''} ${request.url ?? ''}`;
    requests.push(text);
    const key = withoutVersion(text);
    const answer = answers.get(key) ?? (/^GET \/images\/[^/]+\/json$/.test(key) ? answers.get(NO_IMAGE) : undefined);
    if (typeof answer === 'function') {
      answer(request, response);
      return;
    }
    void readBody(request)
      .then(() => {
        response.writeHead(answer === undefined ? 501 : (answer.status ?? 200), answer?.headers ?? {});
        response.end(answer?.body);
      })
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  return {
    socket,
    requests,
    answer: (request, answer) => void answers.set(request, answer),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      await rm(directory, { recursive: true, force: true });
    },
  };
};
