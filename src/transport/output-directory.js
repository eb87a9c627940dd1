import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, opendir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ToolError, fromSystemError } from '../base/error.js';
import { openFileSource } from './file.js';
import { syncDirectory } from './sync-directory.js';
const exists = (path) => lstat(path).then(() => true, () => false);
const isEmpty = async (path) => {
    for await (const _ of await opendir(path))
        return false;
    return true;
};
const outputDirectory = (root) => {
    const staging = join(root, `.ingot-${randomBytes(8).toString('hex')}`);
    let count = 0;
    const at = (path) => join(root, ...path.split('/'));
    const create = async (path) => {
        const fail = (error) => {
            throw fromSystemError(error, 'cannot be written', at(path));
        };
        await mkdir(staging, { recursive: true, mode: 0o700 }).catch(fail);
        const temporary = join(staging, String(count++));
        const handle = await open(temporary, 'wx', 0o644).catch(fail);
        let closed = false;
        return {
            fd: handle.fd,
            truncate: (size) => handle.truncate(size).catch(fail),
            write: async (bytes, position) => {
                for (let done = 0; done < bytes.length;) {
                    done += (await handle.write(bytes, done, bytes.length - done, position + done).catch(fail)).bytesWritten;
                }
            },
            commit: async () => {
                try {
                    await handle.sync();
                    closed = true;
                    await handle.close();
                    await mkdir(dirname(at(path)), { recursive: true });
                    await rename(temporary, at(path));
                    await syncDirectory(dirname(at(path)));
                }
                catch (error) {
                    fail(error);
                }
            },
            discard: async () => {
                if (!closed)
                    await handle.close().catch(() => { });
                closed = true;
                await rm(temporary, { force: true });
            },
        };
    };
    return {
        root,
        sizeOf: async (path) => {
            const found = await lstat(at(path)).catch(() => undefined);
            return found?.isFile() === true ? found.size : undefined;
        },
        open: (path) => openFileSource(at(path), `${root}: ${path}`, { noFollow: true, notRegular: 'BLOB_NOT_REGULAR' }),
        create,
        close: () => rm(staging, { recursive: true, force: true }),
    };
};
/** True for a directory that holds anything. @throws {ToolError} DESTINATION_UNFIT if the path is no directory */
export const holdsFiles = async (path) => {
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined)
        return false;
    if (found.isSymbolicLink() || found.isDirectory()) {
        return !(await isEmpty(path).catch((error) => {
            throw fromSystemError(error, 'cannot be read', path);
        }));
    }
    throw new ToolError('DESTINATION_UNFIT', 'the destination is not a directory', {
        subject: path,
        expected: 'a directory, or nothing',
        found: 'a file',
    });
};
/**
 * A directory to add files to, made if it is not there. `created` tells whether it was.
 * @throws {ToolError} PERMISSION_DENIED, NO_SPACE, IO
 */
export const extendDirectory = async (path) => {
    const created = !(await exists(path));
    await mkdir(path, { recursive: true }).catch((error) => {
        throw fromSystemError(error, 'cannot be made', path);
    });
    return { ...outputDirectory(path), created };
};
/** @throws {ToolError} PERMISSION_DENIED, NO_SPACE, IO */
export const replaceDirectory = async (path) => {
    const target = resolve(path);
    const token = randomBytes(6).toString('hex');
    const beside = (suffix) => join(dirname(target), `.${basename(target).slice(0, 100)}.${token}.${suffix}`);
    const fresh = beside('partial');
    const fail = (error) => {
        throw fromSystemError(error, 'cannot be written', path);
    };
    await mkdir(dirname(target), { recursive: true }).catch(fail);
    await mkdir(fresh).catch(fail);
    const output = outputDirectory(fresh);
    return {
        ...output,
        close: async () => {
            await rm(fresh, { recursive: true, force: true });
        },
        commit: async () => {
            try {
                await output.close();
                if (!(await exists(target))) {
                    await rename(fresh, target);
                }
                else {
                    const old = beside('old');
                    await rename(target, old);
                    await rename(fresh, target).catch(async (error) => {
                        await rename(old, target);
                        throw error;
                    });
                    await rm(old, { recursive: true, force: true });
                }
                await syncDirectory(dirname(target));
            }
            catch (error) {
                fail(error);
            }
        },
    };
};
/** A small file of a directory, or undefined. */
export const readSmallFile = async (directory, name) => readFile(join(directory, name)).then((bytes) => new Uint8Array(bytes), () => undefined);
