import { ToolError } from '../base/error.js';
import { parsePlatform } from '../oci/platform.js';
export const PROFILES = {
    'hybrid-1': { id: 'hybrid-1', dockerManifest: true },
    'oci-1': { id: 'oci-1', dockerManifest: false },
};
export const PROFILE_IDS = ['hybrid-1', 'oci-1'];
export const DEFAULT_PROFILE = 'hybrid-1';
/** @throws {ToolError} USAGE */
export const profileOf = (id) => {
    const known = PROFILE_IDS.find((candidate) => candidate === id);
    if (known !== undefined)
        return PROFILES[known];
    throw new ToolError('USAGE', 'no such profile', { expected: PROFILE_IDS.join(' or '), found: `"${id}"` });
};
export const DEFAULT_SETTINGS = { mtime: 0, dockerPlatform: parsePlatform('linux/amd64') };
/** Largest mtime of a ustar header: eleven octal digits. */
export const MAX_MTIME = 0o77777777777;
