import { createHash } from 'node:crypto';
import { rawMember } from '../../support/raw-tar.js';

const END = new Uint8Array(1024);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What a terminal obeys: colours, a title, a link, the clipboard, backspace, C1, a line turned around, a zero width. */
export const HOSTILE =
  '\u001b[31m\u001b]0;title\u0007\u001b]8;;http://x\u0007\u001b]52;c;eA==\u0007\b\r\u007f\u009b2J\u202e\u2066\u200b';

/** Anything of {@link HOSTILE} that must not reach a screen. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
export const UNSAFE: RegExp = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e\u2066]/;

/** An archive as docker saves it, with hostile text wherever an image may hold any. */
export const hostileArchive = (): Uint8Array => {
  const layer = Buffer.concat([rawMember({ name: `etc/${'\u001b[2J'}x\u202e` }, 'x'), END]);
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      author: HOSTILE,
      created: HOSTILE,
      config: { Labels: { [HOSTILE]: HOSTILE }, Env: [`A=${HOSTILE}`], Cmd: [HOSTILE] },
      history: [{ created_by: HOSTILE, comment: HOSTILE, author: HOSTILE }],
      rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
    }),
  );
  const name = `${sha256(config)}.json`;
  const manifest = JSON.stringify([{ Config: name, RepoTags: ['hostile:1'], Layers: ['layer.tar'] }]);
  return Buffer.concat([
    rawMember({ name }, config),
    rawMember({ name: 'layer.tar' }, layer),
    rawMember({ name: 'manifest.json' }, manifest),
    END,
  ]);
};
