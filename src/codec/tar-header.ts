import { concatBytes, utf8 } from '../base/bytes.js';
import { invariant } from '../base/error.js';
import { TAR_BLOCK, paddingAfter, setChecksum } from './tar-block.js';

export { END_OF_TAR, paddingAfter } from './tar-block.js';

/**
 * Canonical tar headers. What is written here is the product: one way to say each thing, equal byte for byte to what
 * GNU tar 1.34 writes with
 *
 *     tar -b1 --format=ustar --owner=0 --group=0 --numeric-owner --mode=0644 --mtime=@0 --no-recursion
 *
 * and, where ustar has no room, with `--format=posix
 * --pax-option=delete=atime,delete=ctime,exthdr.name=%d/PaxHeaders/%f` instead of `--format=ustar`. Nothing is ever
 * cut, saturated or wrapped in silence: what cannot be said is a defect of the caller.
 * @see https://pubs.opengroup.org/onlinepubs/9699919799.2018edition/utilities/pax.html#tag_20_92_13_06
 */

/** What a canonical archive can hold. */
export interface TarHeaderEntry {
  /** Relative, `/` between components, no empty, `.` or `..` component. A directory may be given with or without `/` at its end. */
  readonly path: string;
  readonly type: 'file' | 'directory';
  /** Bytes of the body that follows; 0 for a directory. */
  readonly size: number;
  /** Whole seconds since 1970, 0 to 8^11 - 1. */
  readonly mtime: number;
}

const NAME_LENGTH = 100;
const PREFIX_LENGTH = 155;
/** The largest number of eleven octal digits. */
const OCTAL_11 = 8 ** 11 - 1;
const SLASH = 0x2f;
const TYPEFLAG = { file: '0', directory: '5', extension: 'x' } as const;
const MODE = { file: 0o644, directory: 0o755, extension: 0o644 } as const;

interface Fields {
  readonly type: keyof typeof TYPEFLAG;
  readonly name: Uint8Array;
  readonly prefix?: Uint8Array;
  readonly size: number;
  readonly mtime: number;
}

const encodeBlock = (fields: Fields): Uint8Array => {
  const block = new Uint8Array(TAR_BLOCK);
  const text = (offset: number, value: string): void => block.set(utf8(value), offset);
  const octal = (offset: number, digits: number, value: number): void =>
    text(offset, value.toString(8).padStart(digits, '0'));

  block.set(fields.name, 0);
  octal(100, 7, MODE[fields.type]);
  octal(108, 7, 0);
  octal(116, 7, 0);
  octal(124, 11, fields.size);
  octal(136, 11, fields.mtime);
  text(156, TYPEFLAG[fields.type]);
  text(257, 'ustar\u000000');
  // An extension header has no device fields: GNU tar leaves them empty.
  if (fields.type !== 'extension') {
    octal(329, 7, 0);
    octal(337, 7, 0);
  }
  if (fields.prefix !== undefined) block.set(fields.prefix, 345);
  setChecksum(block);
  return block;
};

/** The stored name of an entry, checked. */
const storedName = (entry: TarHeaderEntry): Uint8Array => {
  const bare = entry.type === 'directory' && entry.path.endsWith('/') ? entry.path.slice(0, -1) : entry.path;
  invariant(
    bare.split('/').every((part) => part !== '' && part !== '.' && part !== '..') && !bare.includes('\0'),
    `no canonical tar name: ${JSON.stringify(entry.path)}`,
  );
  const name = utf8(entry.type === 'directory' ? `${bare}/` : bare);
  // A lone surrogate has no UTF-8; the encoder would replace it.
  invariant(
    Buffer.from(name).toString('utf8') === `${bare}${entry.type === 'directory' ? '/' : ''}`,
    `no UTF-8 name: ${JSON.stringify(bare)}`,
  );
  return name;
};

/** Name and prefix as GNU tar splits them: at the last slash that leaves a prefix of at most 155 bytes. */
const splitName = (path: Uint8Array): { name: Uint8Array; prefix?: Uint8Array } | undefined => {
  if (path.length <= NAME_LENGTH) return { name: path };
  const last = Math.min(PREFIX_LENGTH, path.length - 2);
  const slash = path.lastIndexOf(SLASH, last);
  if (slash <= 0 || path.length - slash - 1 > NAME_LENGTH) return undefined;
  return { name: path.subarray(slash + 1), prefix: path.subarray(0, slash) };
};

/** One PAX record; its length counts itself. */
const paxRecord = (key: string, value: Uint8Array): Uint8Array => {
  const rest = concatBytes([utf8(` ${key}=`), value, utf8('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return concatBytes([utf8(String(length)), rest]);
};

/** The name of an extension header: `DIRECTORY/PaxHeaders/FILE`, cut to what the field holds. */
const extensionName = (path: Uint8Array): Uint8Array => {
  const bare = path.at(-1) === SLASH ? path.subarray(0, -1) : path;
  const slash = bare.lastIndexOf(SLASH);
  const folder = slash === -1 ? utf8('.') : bare.subarray(0, slash);
  return concatBytes([folder, utf8('/PaxHeaders/'), bare.subarray(slash + 1)]).subarray(0, NAME_LENGTH);
};

/** The records that say what the ustar header of an entry cannot, in GNU tar's order; empty if it can say all. */
const extensionBody = (entry: TarHeaderEntry, path: Uint8Array): Uint8Array => {
  const largeSize = entry.size > OCTAL_11;
  const longName = splitName(path) === undefined;
  if (!largeSize && !longName) return new Uint8Array(0);
  // Once there is an extension header, GNU tar puts every path there that is long or not ASCII, and splits none.
  const pathRecord = path.length > NAME_LENGTH || path.some((byte) => byte >= 0x80);
  return concatBytes([
    ...(pathRecord ? [paxRecord('path', path)] : []),
    ...(largeSize ? [paxRecord('size', utf8(String(entry.size)))] : []),
  ]);
};

const check = (entry: TarHeaderEntry): Uint8Array => {
  invariant(Number.isSafeInteger(entry.size) && entry.size >= 0, `no tar size: ${entry.size}`);
  invariant(entry.type === 'file' || entry.size === 0, 'a directory has no body');
  invariant(
    Number.isSafeInteger(entry.mtime) && entry.mtime >= 0 && entry.mtime <= OCTAL_11,
    `no tar time: ${entry.mtime}`,
  );
  return storedName(entry);
};

/**
 * The canonical header of an entry: one ustar block, or a PAX extension header, its body and a ustar block if the
 * name or the size (8 GiB and more) does not fit. The extension header carries the entry's mtime; in the block after
 * it a long name is cut to 100 bytes and a large size is 0, both as GNU tar has it.
 * @throws {ToolError} DEFECT what no canonical header can say
 */
export const encodeTarHeader = (entry: TarHeaderEntry): Uint8Array => {
  const path = check(entry);
  const { type, size, mtime } = entry;
  const body = extensionBody(entry, path);
  if (body.length === 0) return encodeBlock({ type, size, mtime, ...(splitName(path) ?? { name: path }) });
  return concatBytes([
    encodeBlock({ type: 'extension', name: extensionName(path), size: body.length, mtime }),
    body,
    new Uint8Array(paddingAfter(body.length)),
    encodeBlock({ type, name: path.subarray(0, NAME_LENGTH), size: size > OCTAL_11 ? 0 : size, mtime }),
  ]);
};

/**
 * Bytes of {@link encodeTarHeader} for the entry.
 * @throws {ToolError} DEFECT what no canonical header can say
 */
export const tarHeaderLength = (entry: TarHeaderEntry): number => {
  const body = extensionBody(entry, check(entry)).length;
  return body === 0 ? TAR_BLOCK : 2 * TAR_BLOCK + body + paddingAfter(body);
};
