import { escapeText } from '../../base/escape.js';
import { copy } from '../../operation/transfer.js';
import { type Command, defineCommand } from '../command.js';
import { differenceLines, engineLines, imageLines } from '../render/report.js';
import { plural } from '../render/text.js';
import { archiveOutput } from '../session.js';
import { expandSource } from '../sources.js';
import { DEEP_FLAG, FSYNC_FLAG, TRANSFER_FLAGS, canonicalOptions, transferOptions } from '../transfer-flags.js';

/** `copy`: images from any location to any location. */
export const copyCommand: Command = defineCommand({
  name: 'copy',
  synopsis: 'SRC DEST',
  about: 'Copies images from one location to another. Digests are preserved, or the report says why not.',
  operands: { name: 'SRC or DEST', min: 2, max: 2 },
  flags: { ...TRANSFER_FLAGS, deep: DEEP_FLAG, fsync: FSYNC_FLAG },
  examples: [
    { line: 'ingot copy golden/inputs/app/skopeo-oci.tar oci:layout', says: 'an archive into an OCI image layout' },
    {
      line: 'ingot copy oci:golden/inputs/built/crane-layout docker-archive:crane.tar:built:1',
      says: 'a layout into an archive for docker load, under a new name',
    },
    { line: 'ingot copy golden/inputs/app/ctr-export.tar dir:app', says: "an archive into a directory of skopeo's" },
  ],
  run: async (flags, [source = '', text = ''], session) => {
    const toStdout = text === '-';
    const destination = { text, ...(toStdout ? { stdout: archiveOutput(session) } : {}) };
    const options = { ...transferOptions(flags), ...canonicalOptions(flags, session.env), durable: flags.fsync };
    const report = await copy(
      await expandSource(source, session.context.pathExists),
      destination,
      options,
      session.context,
    );
    session.tellNotes(report.notes);
    const last = escapeText(`copied: ${plural(report.images.length, 'image')} to ${text}`);
    if (toStdout) session.tell(last);
    else
      await session.summarize(report, () => [
        ...imageLines(report.images),
        ...differenceLines(report),
        ...engineLines(report),
        last,
      ]);
    return 'done';
  },
});
