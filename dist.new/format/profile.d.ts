import { type Platform } from '../oci/platform.js';
/**
 * Every decision that a canonical archive's bytes depend on, beside the images. A profile is frozen: another byte is
 * another number. The rules are in `docs/canonical-archive.md`, under the ids named here.
 */
export interface Profile {
    /** `name-number`. */
    readonly id: string;
    /** CA-MANIFEST: docker's `manifest.json` after `index.json`. */
    readonly dockerManifest: boolean;
}
export declare const PROFILES: {
    readonly 'hybrid-1': {
        readonly id: 'hybrid-1';
        readonly dockerManifest: true;
    };
    readonly 'oci-1': {
        readonly id: 'oci-1';
        readonly dockerManifest: false;
    };
};
export type ProfileId = keyof typeof PROFILES;
export declare const PROFILE_IDS: readonly ProfileId[];
export declare const DEFAULT_PROFILE: ProfileId;
/** @throws {ToolError} USAGE */
export declare const profileOf: (id: string) => Profile;
/** What the user may set beside the profile; all of it is in the bytes. */
export interface ProfileSettings {
    /** Seconds since 1970 in every header. */
    readonly mtime: number;
    /** Of an index, the image that `manifest.json` offers to Docker. Never the host's. */
    readonly dockerPlatform: Platform;
}
export declare const DEFAULT_SETTINGS: ProfileSettings;
/** Largest mtime of a ustar header: eleven octal digits. */
export declare const MAX_MTIME: number;
//# sourceMappingURL=profile.d.ts.map