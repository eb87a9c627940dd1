import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Whether something is at a path, a link that leads nowhere aside. */
export const pathExists = (path: string): boolean => existsSync(path);

/** Threads that the machine, or the container around this process, can run at once. */
export const hostThreads = (): number => availableParallelism();
