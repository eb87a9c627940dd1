import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { type Extract, type Header, extract } from 'tar-stream';

import type { ByteStream } from '../base/bytes.js';
import { ToolError } from '../base/error.js';
import { type PlainMember, type PlainTarOptions, plainTar } from './tar-plain.js';

/** The types of entry that a layer can hold. */
export type TarEntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'character-device' | 'block-device' | 'fifo';

/** What a tar says about one entry, PAX records counted in. */
export interface TarEntryHeader {
  /** As stored, with whatever is in it; not a path to open. Directories may end with `/`. */
  readonly path: string;
  readonly type: TarEntryType;
  /** Bytes of content; 0 for all but files. */
  readonly size: number;
  /** As stored: some writers put the bits of the file type in it. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly uname: string;
  readonly gname: string;
  /** Seconds since 1970, with a fraction if a PAX record has one. */
  readonly mtime: number;
  /** For links: the target as stored. */
  readonly linkTarget?: string;
  /** For devices. */
  readonly device?: { readonly major: number; readonly minor: number };
  /** All PAX records that count for the entry, as text. */
  readonly pax: ReadonlyMap<string, string>;
}

export interface TarEntry {
  readonly header: TarEntryHeader;
  /** Can be read until the next entry is asked for; what is left of it then is passed over. */
  readonly content: ByteStream;
}

export type ReadTarOptions = PlainTarOptions;

type Source = Extract extends AsyncIterable<infer Item> ? Item : never;

const TYPES: Readonly<Record<Header['type'], TarEntryType>> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'directory',
  symlink: 'symlink',
  link: 'hardlink',
  'character-device': 'character-device',
  'block-device': 'block-device',
  fifo: 'fifo',
};

const headerOf = (raw: Header, { member, size }: PlainMember): TarEntryHeader => {
  const { fields, pax, path, linkTarget } = member;
  const number = (key: string, field: number): number => Number(pax.get(key) ?? field);
  const isDevice = raw.type === 'character-device' || raw.type === 'block-device';
  return {
    path,
    type: TYPES[raw.type],
    size,
    mode: fields.mode,
    uid: number('uid', fields.uid),
    gid: number('gid', fields.gid),
    uname: pax.get('uname') ?? raw.uname,
    gname: pax.get('gname') ?? raw.gname,
    mtime: number('mtime', fields.mtime),
    ...(linkTarget === undefined ? {} : { linkTarget }),
    ...(isDevice ? { device: { major: raw.devmajor, minor: raw.devminor } } : {}),
    pax,
  };
};

/** The bytes of an entry. Leaving early must not end the whole: tar-stream takes a broken entry for a broken tar. */
async function* contentOf(chunks: AsyncIterator<Uint8Array>): ByteStream {
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}

/**
 * The entries of a tar stream, in order, each with its content. tar-stream takes the tar apart; what it would pass
 * over in silence, read differently from others, or hang on is settled before it sees it. The stream is read to its
 * end.
 * @throws {ToolError} any TAR or LIMIT code, and what the stream throws
 */
export async function* readTar(stream: ByteStream, options: ReadTarOptions): AsyncGenerator<TarEntry, void> {
  const members: PlainMember[] = [];
  const extractor = extract();
  const plain = plainTar(stream, options, (member) => members.push(member));
  // The one tolerated cast: tar-stream's streams are streamx, which node:stream takes but its types do not know.
  const fed = pipeline(Readable.from(plain), extractor as unknown as NodeJS.WritableStream);
  // Its failure comes out of the iteration, too; on its own it would count as unhandled.
  fed.catch(() => {});
  try {
    for await (const source of extractor as AsyncIterable<Source>) {
      const member = members.shift();
      if (member === undefined) throw new ToolError('DEFECT', 'tar-stream found a member too many');
      const chunks = (source as unknown as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
      yield { header: headerOf(source.header, member), content: contentOf(chunks) };
      for await (const _ of contentOf(chunks));
    }
    await fed;
  } catch (error) {
    if (error instanceof ToolError) throw error;
    const cause = await fed.then(
      () => error,
      (reason: unknown) => reason,
    );
    throw cause;
  } finally {
    // Whoever leaves early finds the stream closed.
    extractor.destroy();
    await fed.catch(() => {});
  }
}
