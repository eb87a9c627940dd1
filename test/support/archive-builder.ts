import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { type RawHeader, paxHeader, rawMember, rawTar } from './raw-tar.js';

/** A file of an archive or a layout that is in the making. */
export interface ArchiveFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** What its tar header says beside that. */
  readonly header?: RawHeader;
}

export const archiveFile = (path: string, body: string | Uint8Array, header?: RawHeader): ArchiveFile => ({
  path,
  bytes: typeof body === 'string' ? Buffer.from(body) : body,
  ...(header === undefined ? {} : { header }),
});

/** A symbolic link, or with type `1` a hard one. */
export const archiveLink = (path: string, link: string, type: '1' | '2' = '2'): ArchiveFile =>
  archiveFile(path, '', { type, link });

const NAME_FIELD = 100;

/** The file as a tar member; a name that the field cannot hold comes in a PAX header. */
export const memberOf = ({ path, bytes, header }: ArchiveFile): Uint8Array =>
  Buffer.byteLength(path) <= NAME_FIELD
    ? rawMember({ name: path, ...header }, bytes)
    : Buffer.concat([paxHeader({ path }), rawMember({ name: 'long', ...header }, bytes)]);

/** The files as a tar, in their order. */
export const tarOf = (files: readonly ArchiveFile[], end?: Uint8Array): Uint8Array => rawTar(files.map(memberOf), end);

/** The files below a directory of the disk. */
export const writeFiles = (root: string, files: readonly ArchiveFile[]): void => {
  for (const { path, bytes } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
  }
};

export const fileAt = (files: readonly ArchiveFile[], path: string): ArchiveFile => {
  const found = files.find((file) => file.path === path);
  if (found === undefined) throw new Error(`no file ${path} among ${files.map((file) => file.path).join(', ')}`);
  return found;
};

export type Files = readonly ArchiveFile[];

/** The files without one. */
export const without = (files: Files, path: string): Files => {
  const gone = fileAt(files, path);
  return files.filter((file) => file !== gone);
};

/** The files with another one, or several, in the place of one. */
export const replaced = (files: Files, path: string, ...others: Files): Files => {
  const gone = fileAt(files, path);
  return files.flatMap((file) => (file === gone ? others : [file]));
};

/** One file with other bytes. */
export const withBytes = (files: Files, path: string, change: (bytes: Uint8Array) => Uint8Array): Files => {
  const { header, bytes } = fileAt(files, path);
  return replaced(files, path, archiveFile(path, change(bytes), header));
};

/** Bytes of which one is another. */
export const flipped = (bytes: Uint8Array, offset: number, mask = 1): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  const index = offset < 0 ? copy.length + offset : offset;
  const byte = copy[index];
  if (byte === undefined) throw new Error(`no byte ${offset} of ${copy.length}`);
  copy[index] = byte ^ mask;
  return copy;
};
