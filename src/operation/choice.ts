import { ToolError } from '../base/error.js';
import { excerpt } from '../base/escape.js';
import { nameFromRepoTag } from '../content/name.js';
import type { Rename } from '../content/select.js';
import {
  DEFAULT_PROFILE,
  DEFAULT_SETTINGS,
  MAX_MTIME,
  PROFILE_IDS,
  type Profile,
  type ProfileSettings,
  profileOf,
} from '../format/profile.js';
import type { Platform } from '../oci/platform.js';

/** Ids of the profiles, the default first. */
export const PROFILE_CHOICES: readonly string[] = [
  DEFAULT_PROFILE,
  ...PROFILE_IDS.filter((id) => id !== DEFAULT_PROFILE),
];

/** What a user may choose of an archive's bytes; what is absent is as the profile has it. */
export interface CanonicalChoice {
  /** By id. */
  readonly profile?: string;
  /** Seconds since 1970. */
  readonly mtime?: number;
  readonly dockerPlatform?: Platform;
}

/** @throws {ToolError} USAGE */
export const canonicalChoice = (
  choice: CanonicalChoice,
): { readonly profile: Profile; readonly settings: ProfileSettings } => {
  const mtime = choice.mtime ?? DEFAULT_SETTINGS.mtime;
  if (!Number.isSafeInteger(mtime) || mtime < 0 || mtime > MAX_MTIME) {
    throw new ToolError('USAGE', 'a modification time that no header can hold', {
      expected: `0 to ${MAX_MTIME} seconds since 1970`,
      found: String(mtime),
    });
  }
  return {
    profile: profileOf(choice.profile ?? DEFAULT_PROFILE),
    settings: { mtime, dockerPlatform: choice.dockerPlatform ?? DEFAULT_SETTINGS.dockerPlatform },
  };
};

/** `NEW`, or `SRC=NEW` where SRC is a name, a digest, an image ID or `@N`. @throws {ToolError} USAGE */
export const parseRename = (text: string): Rename => {
  const at = text.lastIndexOf('=');
  const from = text.slice(0, Math.max(0, at));
  const to = text.slice(at + 1);
  if (to === '' || at === 0) {
    throw new ToolError('USAGE', 'not a new name', { expected: 'NEW or SRC=NEW', found: `"${excerpt(text)}"` });
  }
  return { to: nameFromRepoTag(to), ...(at < 0 ? {} : { from }) };
};
