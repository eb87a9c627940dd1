import { spawn } from 'node:child_process';
import { ToolError } from '../../base/error.js';
import { isJsonObject } from '../../base/json.js';
import { parseJson } from '../../base/json-parse.js';
import { type Credential, credentialOf } from './credential.js';
import type { Environment } from './environment.js';

export interface HelperRequest {
  /** `docker-credential-NAME` is run. */
  readonly name: string;
  /** The server that it is asked about. */
  readonly server: string;
  readonly environment: Environment;
  /** Milliseconds until it is ended. */
  readonly timeout: number;
  /** Bytes that it may print. */
  readonly limit: number;
  /** Levels of nesting of what it prints. */
  readonly depth: number;
  readonly signal?: AbortSignal;
}

interface HelperResult {
  readonly status: number | undefined;
  readonly output: Uint8Array;
  readonly ended: 'itself' | 'late' | 'large';
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** The answer of every helper that has nothing, spelt by docker-credential-helpers. */
const NOT_FOUND = 'credentials not found in native keychain';

const run = ({ name, server, environment, timeout, limit, signal }: HelperRequest): Promise<HelperResult> =>
  new Promise((resolve, reject) => {
    // What it says on stderr may hold anything, secrets included, and is shown to nobody.
    const child = spawn(`docker-credential-${name}`, ['get'], {
      env: { ...environment },
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
    const chunks: Buffer[] = [];
    let size = 0;
    let ended: HelperResult['ended'] = 'itself';
    const end = (why: HelperResult['ended']): void => {
      ended = why;
      child.kill('SIGKILL');
      // Whoever it has started may keep the pipe open.
      child.stdout.destroy();
    };
    const abort = (): void => end('late');
    const timer = setTimeout(() => end('late'), timeout);
    signal?.addEventListener('abort', abort, { once: true });
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) end('large');
      else chunks.push(chunk);
    });
    // One that answers without reading closes the pipe: its answer tells.
    child.stdin.on('error', () => {});
    child.stdin.end(server);
    child.on('error', (error) => {
      finish();
      reject(error);
    });
    child.on('close', (status) => {
      finish();
      resolve({ status: status ?? undefined, output: Buffer.concat(chunks), ended });
    });
  });

/**
 * Asks a credential helper of Docker. Undefined where it has nothing for the server.
 * @throws {ToolError} CREDENTIAL_HELPER_FAILED, without anything that it printed; the reason of the signal
 * @see https://github.com/docker/docker-credential-helpers/blob/v0.9.3/credentials/credentials.go
 */
export const askHelper = async (request: HelperRequest): Promise<Credential | undefined> => {
  const { name, signal } = request;
  const fail = (found: string, hint: string): never => {
    throw new ToolError('CREDENTIAL_HELPER_FAILED', 'the credential helper gives no credentials', {
      subject: `docker-credential-${name}`,
      found,
      hint,
    });
  };
  const retry = `run docker-credential-${name} get by hand to see what is wrong`;
  if (!NAME.test(name)) return fail('a name that no program can have', 'correct the name in the credential file');
  signal?.throwIfAborted();
  const result = await run(request).catch((error: unknown) =>
    fail(
      (error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined) ?? 'no start',
      `install docker-credential-${name}, or take it out of the credential file`,
    ),
  );
  signal?.throwIfAborted();
  if (result.ended === 'late') return fail(`no answer in ${request.timeout} ms`, retry);
  if (result.ended === 'large') return fail(`more than ${request.limit} bytes`, retry);
  if (result.status !== 0) {
    const text = Buffer.from(result.output).toString('utf8').trim();
    return text === NOT_FOUND ? undefined : fail(`exit ${result.status ?? 'by a signal'}`, retry);
  }
  let username: unknown;
  let secret: unknown;
  try {
    const answer = parseJson(result.output, { subject: name, depth: request.depth });
    if (isJsonObject(answer)) ({ Username: username, Secret: secret } = answer);
  } catch {
    return fail('no JSON', retry);
  }
  if (typeof username !== 'string' || typeof secret !== 'string') return fail('no Username and Secret', retry);
  return credentialOf(username, secret);
};
