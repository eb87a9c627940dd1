import { basename, dirname, join } from 'node:path';

/** Characters of the target's name in the temporary one: at three bytes each, far below the 255 of most systems. */
const NAME_PART = 40;

/** A hidden name in the directory of the target, for what is to take its place. */
export const besideTarget = (target: string, token: string, suffix: string): string =>
  join(dirname(target), `.${basename(target).slice(0, NAME_PART)}.${token}.${suffix}`);
