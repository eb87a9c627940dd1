import { ToolError } from '../base/error.js';
import { type Platform, parsePlatform } from '../oci/platform.js';

/**
 * Every decision that a canonical archive's bytes depend on, beside the images. A profile is frozen: another byte is
 * another number. The rules are in `docs/canonical-archive.md`, under the ids named here.
 */
export interface Profile {
  /** `name-number`. */
  readonly id: string;
  /** CA-MANIFEST-1: docker's `manifest.json` after `index.json`. */
  readonly dockerManifest: boolean;
}

export const PROFILES = {
  'hybrid-1': { id: 'hybrid-1', dockerManifest: true },
  'oci-1': { id: 'oci-1', dockerManifest: false },
} as const;

export type ProfileId = keyof typeof PROFILES;

export const PROFILE_IDS: readonly ProfileId[] = ['hybrid-1', 'oci-1'];

export const DEFAULT_PROFILE: ProfileId = 'hybrid-1';

/** @throws {ToolError} USAGE */
export const profileOf = (id: string): Profile => {
  const known = PROFILE_IDS.find((candidate) => candidate === id);
  if (known !== undefined) return PROFILES[known];
  throw new ToolError('USAGE', 'no such profile', { expected: PROFILE_IDS.join(' or '), found: `"${id}"` });
};

/** What the user may set beside the profile; all of it is in the bytes. */
export interface ProfileSettings {
  /** Seconds since 1970 in every header. */
  readonly mtime: number;
  /** Of an index, the image that `manifest.json` offers to Docker. Never the host's. */
  readonly dockerPlatform: Platform;
}

export const DEFAULT_SETTINGS: ProfileSettings = { mtime: 0, dockerPlatform: parsePlatform('linux/amd64') };

/** Largest mtime of a ustar header: eleven octal digits. */
export const MAX_MTIME: number = 0o77777777777;
