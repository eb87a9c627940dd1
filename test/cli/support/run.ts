import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { loadValidator, type SchemaName } from '../../../src/base/schema.js';
import type { Io } from '../../../src/cli/io.js';
import { main } from '../../../src/cli/main.js';

/** The root of the project, with a slash at the end. */
export const ROOT: string = fileURLToPath(new URL('../../../', import.meta.url));

export const golden = (path: string): string => `${ROOT}golden/inputs/${path}`;

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** As they came. */
  readonly bytes: Buffer;
}

interface RunOptions extends Partial<Pick<Io, 'env' | 'onStop' | 'onFault'>> {
  readonly stdin?: Uint8Array;
  /** Streams that are terminals. */
  readonly terminal?: readonly ('stdout' | 'stderr')[];
  /** Fails every write to standard output with this error. */
  readonly failure?: string;
}

class Sink extends Writable {
  readonly isTTY: boolean;
  readonly columns = 80;
  readonly chunks: Buffer[] = [];

  constructor(isTTY: boolean, failure?: string) {
    super({
      write: (chunk: Buffer, _encoding, done) => {
        if (failure === undefined) this.chunks.push(Buffer.from(chunk));
        done(failure === undefined ? null : Object.assign(new Error(failure), { code: failure }));
      },
    });
    this.isTTY = isTTY;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

/** Runs a command line in this process. */
export const run = async (argv: readonly string[], options: RunOptions = {}): Promise<Ran> => {
  const stdout = new Sink(options.terminal?.includes('stdout') ?? false, options.failure);
  const stderr = new Sink(options.terminal?.includes('stderr') ?? false);
  const code = await main(argv, {
    stdin: () => Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]),
    stdout,
    stderr,
    // Never the store of whoever runs the tests.
    env: { INGOT_STORE: join(process.cwd(), 'store'), ...options.env },
    ...(options.onStop === undefined ? {} : { onStop: options.onStop }),
    ...(options.onFault === undefined ? {} : { onFault: options.onFault }),
  });
  return { code, stdout: stdout.bytes.toString(), stderr: stderr.bytes.toString(), bytes: stdout.bytes };
};

interface Failure {
  readonly code: number;
  readonly error: { readonly code: string; readonly message: string } & Readonly<Record<string, unknown>>;
}

/** Runs with `--json` and gives the one document, which must fit its schema. */
export const runJson = async (
  schema: SchemaName,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<unknown> => {
  const { stdout, code, stderr } = await run(['--json', ...argv], options);
  const document: unknown = JSON.parse(stdout);
  const issues = (await loadValidator(schema, { all: true }))(document);
  if (issues.length > 0) throw new Error(`exit ${code}: ${JSON.stringify(issues)} in ${stdout}${stderr}`);
  return document;
};

/** Runs a command line that must fail: its exit code and its report, which must fit its schema. */
export const runFailing = async (argv: readonly string[], options: RunOptions = {}): Promise<Failure> => {
  const { code, stderr } = await run(argv, options);
  const { error } = (await runJson('report-error', argv, options)) as Failure;
  if (!stderr.includes(`ingot: ${error.code}: `)) throw new Error(`another error on standard error: ${stderr}`);
  return { code, error };
};
