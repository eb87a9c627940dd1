import { ToolError } from '../../base/error.js';
import { listLoad, load } from '../../operation/transfer.js';
import { type Command, defineCommand } from '../command.js';
import { parseText, switchFlag, valueFlag } from '../flag.js';
import { differenceLines, imageLines, placedLine, placedLines } from '../render/report.js';
import { archiveOutput } from '../session.js';
import { expandSource } from '../sources.js';
import {
  DEEP_FLAG,
  FSYNC_FLAG,
  STORE_FLAGS,
  TRANSFER_FLAGS,
  canonicalOptions,
  storeContext,
  transferOptions,
} from '../transfer-flags.js';

/** `load`: what an archive holds, verified, into a place. */
export const loadCommand: Command = defineCommand({
  name: 'load',
  synopsis: 'ARCHIVE [--to DEST | --list]',
  about:
    'Verifies an archive, puts every image of it into the store or DEST, and prints reference, digest and image ID of each.',
  operands: { name: 'ARCHIVE', min: 1, max: 1 },
  flags: {
    to: valueFlag(
      'DEST',
      'another place than the store: store:NAME, oci:DIR, docker-daemon:, docker-archive:FILE, ...',
      parseText,
    ),
    list: switchFlag('only show what would be loaded'),
    ...TRANSFER_FLAGS,
    deep: DEEP_FLAG,
    fsync: FSYNC_FLAG,
    ...STORE_FLAGS,
  },
  examples: [
    { line: 'ingot load golden/inputs/app/docker-save.tar', says: 'into the local store' },
    {
      line: 'ingot load golden/inputs/app/docker-save.tar --name registry.example/demo/app:1.0=app:test',
      says: 'under another name',
    },
    { line: 'ingot load golden/inputs/hybrid/containerd-two.tar --list', says: 'what is in an archive' },
    {
      line: 'ingot load golden/inputs/app/docker-save.tar --to oci:layout',
      says: 'into an OCI image layout, beside what it holds',
    },
    { line: 'ingot load - --to oci:layout < golden/inputs/app/podman-save.tar', says: 'from standard input' },
  ],
  run: async (flags, [text = ''], session) => {
    const transfer = transferOptions(flags);
    const archive = await expandSource(text, session.context.pathExists);
    if (flags.list) {
      if (flags.to !== undefined) throw new ToolError('USAGE', '--list and --to exclude each other');
      const report = await listLoad(archive, transfer, session.context);
      session.tellNotes(report.notes);
      await session.print(report, () => [...imageLines(report.images), ...differenceLines(report)]);
      return 'done';
    }
    const to = flags.to ?? 'store:';
    const toStdout = to === '-';
    const destination = { text: to, ...(toStdout ? { stdout: archiveOutput(session) } : {}) };
    const options = { ...transfer, ...canonicalOptions(flags, session.env), durable: flags.fsync };
    const report = await load(archive, destination, options, storeContext(flags, to, session.context));
    session.tellNotes(report.notes);
    const last = placedLine('loaded', 'into', report);
    if (toStdout) session.tell(last);
    else await session.summarize(report, () => placedLines(report, last));
    return 'done';
  },
});
