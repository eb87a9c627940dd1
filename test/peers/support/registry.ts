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
}

/** Starts docker-registry with its own storage; deletion is on, nothing is cached. */
export async function startRegistry(options: RegistryOptions = {}): Promise<Registry> {
  const program = requireProgram('docker-registry');
  const scratch = await makeScratch('registry');
  const storage = join(scratch.path, 'storage');
  const config = join(scratch.path, 'config.yml');
  await mkdir(storage);
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
