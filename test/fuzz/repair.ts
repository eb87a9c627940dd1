import { crc32, inflateRawSync } from 'node:zlib';

import { setChecksum } from '../../src/codec/tar-block.js';
import { paddingAfter } from '../../src/codec/tar-header.js';
import { hexOf } from '../support/image-builder.js';

/** Makes sums right again after a change, so that what lies behind them is reached. */

const BLOCK = 512;

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Checksums of all blocks that look like headers. */
export const repairTar = (bytes: Uint8Array): Uint8Array => {
  const tar = new Uint8Array(bytes);
  for (let at = 0; at + BLOCK <= tar.length; at += BLOCK) {
    const block = tar.subarray(at, at + BLOCK);
    if (Buffer.from(block.subarray(257, 262)).toString('latin1') === 'ustar') setChecksum(block);
  }
  return tar;
};

/** Checksum and size of a gzip member with the shortest header, if its deflate stream is still one. */
export const repairGzip = (bytes: Uint8Array): Uint8Array => {
  try {
    const plain = inflateRawSync(bytes.subarray(10), { maxOutputLength: 1 << 20, info: true }) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    const end = 10 + plain.engine.bytesWritten;
    const trailer = new Uint8Array(8);
    view(trailer).setUint32(0, crc32(plain.buffer), true);
    view(trailer).setUint32(4, plain.buffer.length, true);
    return Buffer.concat([bytes.subarray(0, end), trailer, bytes.subarray(end + 8)]);
  } catch {
    return bytes;
  }
};

/** Checksums of the stream header, the first block header and the footer of an xz stream. */
export const repairXz = (bytes: Uint8Array): Uint8Array => {
  const stream = new Uint8Array(bytes);
  const sum = (from: number, to: number, at: number): void => {
    if (from >= 0 && at >= 0 && at + 4 <= stream.length && to <= stream.length)
      view(stream).setUint32(at, crc32(stream.subarray(from, to)), true);
  };
  sum(6, 8, 8);
  const header = ((stream[12] ?? 0) + 1) * 4;
  sum(12, 12 + header - 4, 12 + header - 4);
  sum(stream.length - 8, stream.length - 2, stream.length - 12);
  return stream;
};

interface Member {
  readonly headers: Uint8Array;
  name: string;
  body: string;
}

const nameOf = (block: Uint8Array): string =>
  Buffer.from(block.subarray(0, 100)).toString('latin1').replace(/\0.*$/s, '');

/** The members of a plain ustar; undefined for what is none. */
const membersOf = (tar: Uint8Array): Member[] | undefined => {
  const members: Member[] = [];
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0;) {
    const headers = new Uint8Array(tar.subarray(at, at + BLOCK));
    const size = Number.parseInt(Buffer.from(headers.subarray(124, 135)).toString('latin1'), 8);
    if (!(size >= 0) || at + BLOCK + size > tar.length) return undefined;
    const body = Buffer.from(tar.subarray(at + BLOCK, at + BLOCK + size)).toString('latin1');
    members.push({ headers, name: nameOf(headers), body });
    at += BLOCK + size + paddingAfter(size);
  }
  return members.length === 0 ? undefined : members;
};

const tarOf = (members: readonly Member[]): Uint8Array => {
  const parts: Uint8Array[] = [];
  for (const { headers, name, body } of members) {
    const block = new Uint8Array(headers);
    block.fill(0, 0, 100).set(Buffer.from(name, 'latin1').subarray(0, 100));
    block.set(Buffer.from(`${body.length.toString(8).padStart(11, '0')}\0`), 124);
    setChecksum(block);
    parts.push(block, Buffer.from(body, 'latin1'), new Uint8Array(paddingAfter(body.length)));
  }
  return Buffer.concat([...parts, new Uint8Array(2 * BLOCK)]);
};

/**
 * Changes the content of one member of an archive of images, and all digests and sizes that speak of it, and of what
 * speaks of those.
 */
export const changeMember = (tar: Uint8Array, pick: number, change: (body: Uint8Array) => Uint8Array): Uint8Array => {
  const members = membersOf(tar);
  const chosen = members?.[pick % members.length];
  if (members === undefined || chosen === undefined) return tar;
  // A change can make documents speak of each other in a circle.
  const rename = (member: Member, before: string, depth = 0): void => {
    const from = hexOf(Buffer.from(before, 'latin1'));
    const to = hexOf(Buffer.from(member.body, 'latin1'));
    if (from === to || depth > 6) return;
    member.name = member.name.replace(from, to);
    for (const other of members) {
      if (other === member || !other.body.includes(from)) continue;
      const old = other.body;
      // A digest next to its size in either order, then the digest wherever else it stands.
      other.body = old
        .replaceAll(new RegExp(`("size":)\\d+(,"digest":"sha256:${from})`, 'g'), `$1${member.body.length}$2`)
        .replaceAll(new RegExp(`(sha256:${from}","size":)\\d+`, 'g'), `$1${member.body.length}`)
        .replaceAll(from, to);
      rename(other, old, depth + 1);
    }
  };
  const before = chosen.body;
  chosen.body = Buffer.from(change(Buffer.from(before, 'latin1'))).toString('latin1');
  rename(chosen, before);
  return tarOf(members);
};
