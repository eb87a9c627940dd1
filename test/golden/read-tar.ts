/**
 * A tar reader for tests: it shares no line with the product, and knows no more than a canonical archive needs, so that
 * what it reads is what the specification says. Anything else is an error.
 */

export interface TarMember {
  readonly path: string;
  readonly type: 'file' | 'directory';
  readonly mode: number;
  readonly owner: string;
  readonly mtime: number;
  readonly size: number;
  /** Where the first header block of the member begins, an extension header included. */
  readonly headerOffset: number;
  readonly body: Buffer;
}

const BLOCK = 512;

const textAt = (block: Buffer, start: number, length: number): string => {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString('utf8');
};

const octalAt = (block: Buffer, start: number, length: number): number => {
  const text = textAt(block, start, length);
  if (!/^[0-7]+$/.test(text)) throw new Error(`not octal: ${JSON.stringify(text)} at ${start}`);
  return Number.parseInt(text, 8);
};

const paxRecords = (body: Buffer): ReadonlyMap<string, string> => {
  const records = new Map<string, string>();
  for (let at = 0; at < body.length;) {
    const length = Number.parseInt(body.subarray(at, body.indexOf(0x20, at)).toString('latin1'), 10);
    const record = body.subarray(at, at + length).toString('utf8');
    const match = /^\d+ ([^=]+)=([\s\S]*)\n$/.exec(record);
    if (match === null) throw new Error(`not a PAX record: ${JSON.stringify(record)}`);
    records.set(match[1] ?? '', match[2] ?? '');
    at += length;
  }
  return records;
};

/** The members of a tar, in their order. */
export const readTar = (tar: Buffer): readonly TarMember[] => {
  const members: TarMember[] = [];
  let records: ReadonlyMap<string, string> = new Map();
  let start: number | undefined;
  for (let at = 0; at + BLOCK <= tar.length;) {
    const block = tar.subarray(at, at + BLOCK);
    if (block.every((byte) => byte === 0)) break;
    const size = Number(records.get('size') ?? octalAt(block, 124, 12));
    const body = tar.subarray(at + BLOCK, at + BLOCK + size);
    const type = textAt(block, 156, 1);
    start ??= at;
    if (type === 'x') {
      records = paxRecords(body);
    } else {
      if (type !== '0' && type !== '5') throw new Error(`a member of type ${type}`);
      const prefix = textAt(block, 345, 155);
      const name = textAt(block, 0, 100);
      members.push({
        path: records.get('path') ?? (prefix === '' ? name : `${prefix}/${name}`),
        type: type === '5' ? 'directory' : 'file',
        mode: octalAt(block, 100, 8),
        owner: `${octalAt(block, 108, 8)}/${octalAt(block, 116, 8)}`,
        mtime: octalAt(block, 136, 12),
        size,
        headerOffset: start,
        body,
      });
      records = new Map();
      start = undefined;
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return members;
};

const modeText = (member: TarMember): string =>
  `${member.type === 'directory' ? 'd' : '-'}${[6, 3, 0]
    .map((shift) => {
      const bits = (member.mode >> shift) & 7;
      return `${(bits & 4) === 0 ? '-' : 'r'}${(bits & 2) === 0 ? '-' : 'w'}${(bits & 1) === 0 ? '-' : 'x'}`;
    })
    .join('')}`;

/** Like `TZ=UTC tar --numeric-owner --full-time -tvf`: mode, owner, size, time, name. */
export const listingOf = (members: readonly TarMember[]): string =>
  members
    .map((member) => {
      const time = new Date(member.mtime * 1000).toISOString().replace('T', ' ').slice(0, 19);
      const size = String(member.size).padStart(19 - member.owner.length - 1);
      return `${modeText(member)} ${member.owner} ${size} ${time} ${member.path}\n`;
    })
    .join('');
