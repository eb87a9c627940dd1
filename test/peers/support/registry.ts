import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { makeScratch, requireProgram, startDaemon } from './program.js';

/** A running docker-registry that speaks plain HTTP on 127.0.0.1. */
export interface Registry {
  /** `127.0.0.1:PORT`, as it stands in references. */
  readonly host: string;
  readonly port: number;
  /** The folder of its blobs and tags. */
  readonly storage: string;
  log(): string;
  stop(): Promise<void>;
}

export interface RegistryOptions {
  /** A port to bind; without it the kernel chooses one. */
  readonly port?: number;
  /** A line of htpasswd, with bcrypt: everybody else is refused. */
  readonly htpasswd?: string;
  /** Texts in PEM form: TLS in place of plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** Starts docker-registry with its own storage; deletion is on, nothing is cached. */
export async function startRegistry(options: RegistryOptions = {}): Promise<Registry> {
  const program = requireProgram('docker-registry');
  const scratch = await makeScratch('registry');
  const storage = join(scratch.path, 'storage');
  const config = join(scratch.path, 'config.yml');
  await mkdir(storage);
  const secret = async (name: string, text: string): Promise<string> => {
    await writeFile(join(scratch.path, name), text);
    return JSON.stringify(join(scratch.path, name));
  };
  const { htpasswd, tls } = options;
  await writeFile(
    config,
    [
      'version: 0.1',
      'log: {level: info, formatter: text, accesslog: {disabled: false}}',
      'storage:',
      `  filesystem: {rootdirectory: ${JSON.stringify(storage)}}`,
      '  delete: {enabled: true}',
      'http:',
      `  addr: 127.0.0.1:${options.port ?? 0}`,
      ...(tls === undefined
        ? []
        : [`  tls: {certificate: ${await secret('cert', tls.cert)}, key: ${await secret('key', tls.key)}}`]),
      ...(htpasswd === undefined
        ? []
        : [`auth: {htpasswd: {realm: test, path: ${await secret('htpasswd', htpasswd)}}}`]),
      '',
    ].join('\n'),
  );
  const listening = /listening on 127\.0\.0\.1:(\d+)/;
  try {
    const daemon = await startDaemon(program, ['serve', config], {
      env: { OTEL_TRACES_EXPORTER: 'none' },
      ready: (log) => listening.test(log),
    });
    const port = Number(listening.exec(daemon.log())?.[1]);
    return {
      host: `127.0.0.1:${port}`,
      port,
      storage,
      log: () => daemon.log(),
      async stop(): Promise<void> {
        await daemon.stop(2000);
        await scratch.remove();
      },
    };
  } catch (error) {
    await scratch.remove();
    throw error;
  }
}

/** Starts the registry of crane, which keeps manifests in memory and knows the referrers API. */
export async function startCraneRegistry(): Promise<Registry> {
  const program = requireProgram('crane', 'newer');
  const scratch = await makeScratch('crane-registry');
  const listening = /serving on port (\d+)/;
  try {
    const daemon = await startDaemon(
      program,
      ['registry', 'serve', '--address', '127.0.0.1:0', '--disk', scratch.path],
      {
        ready: (log) => listening.test(log),
      },
    );
    const port = Number(listening.exec(daemon.log())?.[1]);
    return {
      host: `127.0.0.1:${port}`,
      port,
      storage: scratch.path,
      log: () => daemon.log(),
      async stop(): Promise<void> {
        await daemon.stop(2000);
        await scratch.remove();
      },
    };
  } catch (error) {
    await scratch.remove();
    throw error;
  }
}
