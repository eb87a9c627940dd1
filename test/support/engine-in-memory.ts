import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_LIMITS } from '../../src/base/limits.js';
import { connectEngine } from '../../src/transport/engine/connect.js';
import type { Engine } from '../../src/transport/engine/engine.js';
import { ModelEngine, type ModelKind } from './model-engine.js';

/** A model of an engine behind a socket, and the client that talks to it. */
export interface ServedModel {
  readonly model: ModelEngine;
  readonly engine: Engine;
  /** For `--host` and `DOCKER_HOST`. */
  readonly host: string;
  close(): Promise<void>;
}

export const serveModel = async (kind: ModelKind): Promise<ServedModel> => {
  const directory = await mkdtemp(join(tmpdir(), 'ingot-engine-'));
  const socket = join(directory, 's.sock');
  const model = new ModelEngine(kind);
  const end = await model.serve(socket);
  const host = `unix://${socket}`;
  const engine = await connectEngine({ host, env: {}, limits: DEFAULT_LIMITS });
  return {
    model,
    engine,
    host,
    async close(): Promise<void> {
      engine.close();
      await end();
      await rm(directory, { recursive: true, force: true });
    },
  };
};
