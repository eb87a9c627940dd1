import { mkdir, stat } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fromSystemError } from '../../base/error.js';
import type { EngineInfo } from './engine.js';
import type { Environment } from './settings.js';

/** A directory of this user alone that does not outlive the machine's run. */
const runtimeDirectory = (env: Environment): string => {
  const runtime = env['XDG_RUNTIME_DIR'];
  return runtime === undefined || runtime === '' ? join(tmpdir(), `ingot-${userInfo().uid}`) : join(runtime, 'ingot');
};

/**
 * Where users of one engine can meet: a file named by the socket itself, since one socket has many paths. Undefined for
 * an engine that is not on this machine.
 * @throws {ToolError} PERMISSION_DENIED and other system errors
 */
export const engineLockPath = async (
  { endpoint }: Pick<EngineInfo, 'endpoint'>,
  env: Environment,
): Promise<string | undefined> => {
  if (!endpoint.startsWith('unix://')) return undefined;
  const socket = await stat(endpoint.slice('unix://'.length)).catch(() => undefined);
  if (socket === undefined) return undefined;
  const directory = runtimeDirectory(env);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fromSystemError(error, 'cannot be made', directory);
  }
  return join(directory, `engine-${socket.dev}-${socket.ino}.lock`);
};
