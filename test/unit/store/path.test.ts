import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDigest } from '../../../src/oci/digest.js';
import { blobFile, storePaths, storeRoot } from '../../../src/store/path.js';

describe('storeRoot', () => {
  it.for([
    ['what INGOT_STORE names', { INGOT_STORE: '/a', XDG_DATA_HOME: '/b', HOME: '/c' }, '/a'],
    ['a relative INGOT_STORE from here', { INGOT_STORE: 'a' }, resolve('a')],
    ['the data home', { INGOT_STORE: '', XDG_DATA_HOME: '/b', HOME: '/c' }, '/b/ingot'],
    ['no relative data home', { XDG_DATA_HOME: 'b', HOME: '/c' }, '/c/.local/share/ingot'],
    ['the home directory', { HOME: '/c' }, '/c/.local/share/ingot'],
    ['the home of the user', {}, `${homedir()}/.local/share/ingot`],
  ] as const)('is %s', ([, env, expected]) => {
    expect(storeRoot(env)).toBe(expected);
  });
});

describe('blobFile', () => {
  it('lies where an image layout has it', () => {
    const digest = parseDigest(`sha512:${'a'.repeat(128)}`);
    expect(blobFile(storePaths('/store'), digest)).toBe(`/store/blobs/sha512/${'a'.repeat(128)}`);
  });
});
