import { addAbortSignal } from 'node:stream';
import type { ByteStream } from '../base/bytes.js';
import { ToolError, fromSystemError } from '../base/error.js';
import { excerpt } from '../base/escape.js';
import type { Observer } from '../base/event.js';
import { DEFAULT_LIMITS, type Limits } from '../base/limits.js';
import { type EngineSetting, type OperationContext, type StoreSetting, contextWith } from '../operation/context.js';
import { hostDefaults } from '../operation/host.js';
import type { FlagValues } from './flag.js';
import type { GLOBAL_FLAGS } from './global-flags.js';
import type { Io } from './io.js';

export type GlobalValues = FlagValues<typeof GLOBAL_FLAGS>;

const limitsOf = (flags: GlobalValues): Limits => ({
  ...DEFAULT_LIMITS,
  ...(flags['max-document'] === undefined
    ? {}
    : { document: flags['max-document'], topDocument: Math.max(flags['max-document'], DEFAULT_LIMITS.topDocument) }),
  ...(flags['max-members'] === undefined
    ? {}
    : { members: flags['max-members'], nodes: Math.max(flags['max-members'], DEFAULT_LIMITS.nodes) }),
  ...(flags['max-layer-size'] === undefined ? {} : { decompressed: flags['max-layer-size'] }),
  ...(flags['max-ratio'] === undefined ? {} : { decompressionRatio: flags['max-ratio'] }),
});

/** Standard input as bytes; a signal ends the wait for more of them. */
async function* stdinBytes(io: Io, signal: AbortSignal): ByteStream {
  const stream = addAbortSignal(signal, io.stdin());
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array | string>) {
      yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw fromSystemError(error, 'cannot be read', 'standard input');
  }
}

/** The store of the environment, or the one that the options name. */
const storeOf = (store: StoreSetting, flags: GlobalValues): StoreSetting => ({
  ...store,
  ...(flags.store === undefined ? {} : { root: flags.store }),
  ...(flags['lock-wait'] === undefined ? {} : { lockWait: flags['lock-wait'] * 1000 }),
});

/** How registries are spoken to: as the environment says, and as the options say. */
const registryOf = (
  registry: NonNullable<OperationContext['registry']>,
  flags: GlobalValues,
): NonNullable<OperationContext['registry']> => ({
  ...registry,
  insecure: flags.insecure,
  ca: flags.ca,
  ...(flags.creds === undefined ? {} : { credentials: flags.creds }),
  ...(flags.authfile === undefined ? {} : { credentialFile: flags.authfile }),
});

/** The engine of the environment, or the one that the options name. */
const engineOf = (engine: EngineSetting, flags: GlobalValues): EngineSetting => ({
  ...engine,
  ...(flags.host === undefined ? {} : { host: flags.host }),
  ...(flags.context === undefined ? {} : { context: flags.context }),
});

/** What the operations need, from options, streams and the machine. */
export const contextOf = (flags: GlobalValues, io: Io, observer: Observer, signal: AbortSignal): OperationContext => {
  const host = hostDefaults(io.env);
  return contextWith({
    limits: limitsOf(flags),
    threads: flags.threads ?? host.threads,
    observer,
    signal,
    stdin: () => stdinBytes(io, signal),
    pathExists: host.pathExists,
    ...(host.store === undefined ? {} : { store: storeOf(host.store, flags) }),
    ...(host.registry === undefined ? {} : { registry: registryOf(host.registry, flags) }),
    ...(host.engine === undefined ? {} : { engine: engineOf(host.engine, flags) }),
    ...(flags.tmp === undefined ? {} : { temporary: flags.tmp }),
  });
};

/**
 * The time for archive headers: the option, else SOURCE_DATE_EPOCH, else nothing.
 * @see https://reproducible-builds.org/specs/source-date-epoch/
 * @throws {ToolError} USAGE
 */
export const mtimeOf = (option: number | undefined, env: Io['env']): { readonly mtime?: number } => {
  const epoch = env['SOURCE_DATE_EPOCH'];
  if (option !== undefined) return { mtime: option };
  if (epoch === undefined || epoch === '') return {};
  if (/^\d{1,15}$/.test(epoch)) return { mtime: Number(epoch) };
  throw new ToolError('USAGE', 'not seconds since 1970', {
    subject: 'SOURCE_DATE_EPOCH',
    found: `"${excerpt(epoch)}"`,
  });
};
