import { copy } from '../../operation/transfer.js';
import { type Command, defineCommand } from '../command.js';
import { placedLine, placedLines } from '../render/report.js';
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

/** `copy`: images from any location to any location. */
export const copyCommand: Command = defineCommand({
  name: 'copy',
  synopsis: 'SRC DEST',
  about: 'Copies images from one location to another. Digests are preserved, or the report says why not.',
  operands: { name: 'SRC or DEST', min: 2, max: 2 },
  flags: { ...TRANSFER_FLAGS, deep: DEEP_FLAG, fsync: FSYNC_FLAG, ...STORE_FLAGS },
  examples: [
    { line: 'ingot copy golden/inputs/app/skopeo-oci.tar oci:layout', says: 'an archive into an OCI image layout' },
    {
      line: 'ingot copy oci:golden/inputs/built/crane-layout docker-archive:crane.tar:built:1',
      says: 'a layout into an archive for docker load, under a new name',
    },
    { line: 'ingot copy golden/inputs/app/ctr-export.tar dir:app', says: "an archive into a directory of skopeo's" },
    {
      line: 'ingot copy --link oci:golden/inputs/app/skopeo-layout store:app:linked',
      says: 'a layout into the store, without a copy of its blobs where the file system allows it',
    },
  ],
  run: async (flags, [source = '', text = ''], session) => {
    const toStdout = text === '-';
    const destination = { text, ...(toStdout ? { stdout: archiveOutput(session) } : {}) };
    const options = { ...transferOptions(flags), ...canonicalOptions(flags, session.env), durable: flags.fsync };
    const report = await copy(
      await expandSource(source, session.context.pathExists),
      destination,
      options,
      storeContext(flags, text, session.context),
    );
    session.tellNotes(report.notes);
    const last = placedLine('copied', 'to', report);
    if (toStdout) session.tell(last);
    else await session.summarize(report, () => placedLines(report, last));
    return 'done';
  },
});
