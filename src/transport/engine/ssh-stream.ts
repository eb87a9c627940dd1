import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import type { Endpoint } from './endpoint.js';

export type SshEndpoint = Extract<Endpoint, { readonly kind: 'ssh' }>;

/** Characters of what ssh writes to its error stream that are kept. */
const COMPLAINT_LENGTH = 2000;

/** A word for the shell on the other machine. */
const quote = (word: string): string =>
  /^[A-Za-z0-9_./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/**
 * What `ssh` is asked for, as docker's command line does it: the program on the other machine joins its own
 * connection to the engine with the stream.
 * @see https://github.com/docker/cli/blob/v28.5.2/cli/connhelper/connhelper.go
 */
export const sshArguments = (endpoint: SshEndpoint): readonly string[] => {
  const { host, user, port, path, remote } = endpoint;
  const flag = remote === 'docker' ? '--host' : '--url';
  const command = [remote, ...(path === undefined ? [] : [flag, `unix://${path}`]), 'system', 'dial-stdio'];
  return [
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    '-o',
    'ConnectTimeout=30',
    '-T',
    '--',
    host,
    command.map(quote).join(' '),
  ];
};

/** Says with which words ssh ended. */
export class SshError extends Error {
  readonly code: 'ESSH' | 'ENOSSH';

  constructor(code: 'ESSH' | 'ENOSSH', message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'SshError';
    this.code = code;
  }
}

/** A connection over the standard streams of `ssh`, with what node:http expects of a socket. */
class SshStream extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;
  #complaint = '';
  #heard = false;

  constructor(endpoint: SshEndpoint) {
    super({ allowHalfOpen: true });
    this.#child = spawn('ssh', sshArguments(endpoint), { stdio: ['pipe', 'pipe', 'pipe'] });
    const { stdin, stdout, stderr } = this.#child;
    stdout.on('data', (chunk: Buffer) => {
      this.#heard = true;
      if (!this.push(chunk)) stdout.pause();
    });
    stdout.on('end', () => {
      if (this.#heard) this.push(null);
    });
    stderr.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString('utf8')).slice(0, COMPLAINT_LENGTH);
    });
    // The exit says why; a broken pipe is only its consequence.
    stdin.on('error', () => {});
    stdout.on('error', () => {});
    this.#child.on('error', (error) => {
      this.destroy(new SshError('ENOSSH', 'the program ssh cannot be started', error));
    });
    this.#child.on('close', (status) => {
      if (status === 0 && this.#heard) this.push(null);
      else this.destroy(new SshError('ESSH', this.#complaint.trim() || `ssh ended with ${String(status)}`));
    });
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#child.stdin.write(chunk, (error) => {
      // Told by the end of the program, which knows more.
      if (error === null || error === undefined) done();
    });
  }

  override _final(done: () => void): void {
    this.#child.stdin.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#child.kill('SIGTERM');
    done(error);
  }

  // What node:http asks of a socket and a pipe has not.
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

export const sshStream = (endpoint: SshEndpoint): Duplex => new SshStream(endpoint);
