import { ToolError } from '../../src/base/error.js';
import { nameFromRefName, nameFromRepoTag, nameText } from '../../src/content/name.js';
import { parseSelector, selectorText } from '../../src/content/select.js';
import { parseDigest } from '../../src/oci/digest.js';
import { formatPlatform, matchesPlatform, parsePlatform } from '../../src/oci/platform.js';
import { formatReference, parseReference } from '../../src/oci/reference.js';
import { parseLocation } from '../../src/operation/location.js';
import { parseFilter } from '../../src/operation/stock/filter.js';
import { namePattern } from '../../src/store/pattern.js';
import { expectSame } from './expect-same.js';
import { fuzzTests } from './fuzz.js';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** The value, or undefined where it is refused as what a user or a document got wrong. */
const tried = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch (error) {
    if (error instanceof ToolError && (error.class === 'usage' || error.class === 'input')) return undefined;
    throw error;
  }
};

fuzzTests({
  name: 'names',
  seeds: [
    'alpine',
    'localhost:5000/a/b__c-d.e:1.0',
    `index.docker.io/library/x@${DIGEST}`,
    '[::1]:80/x:y',
    'linux/arm/v7',
    'x86_64',
    'oci:dir:name',
    'docker-archive:C:\\x.tar:a/b:1',
    `store:x@${DIGEST}`,
    '@3',
    DIGEST,
    'label!=a=b',
    'size>10MB',
    '**/a*:1.*',
    './x',
    '-',
  ].map((text) => Buffer.from(text)),
  words: [
    '/',
    ':',
    '@',
    '.',
    '_',
    '__',
    '-',
    '*',
    '**',
    'sha256:',
    'sha512:',
    DIGEST,
    'localhost',
    'docker.io/',
    'oci:',
    'dir:',
    'docker://',
    'store:',
    'linux',
    'arm64',
    'v8',
    '\u0000',
    '\n',
    '\u00e9',
    'A',
    '65536',
    'a-a-a-a-a-a',
  ],
  run: (input) => {
    const text = Buffer.from(input).toString('utf8');
    const reference = tried(() => parseReference(text));
    if (reference !== undefined) {
      expectSame('a reference read again', parseReference(formatReference(reference)), reference);
    }
    const platform = tried(() => parsePlatform(text));
    if (platform !== undefined) {
      expectSame('a platform read again', parsePlatform(formatPlatform(platform)), platform);
      expectSame('a platform and itself', matchesPlatform(platform, platform), true);
    }
    const selector = parseSelector(text);
    expectSame('a selector read again', parseSelector(selectorText(selector)), selector);
    const name = nameFromRefName(text);
    if (name.kind === 'reference') expectSame('a name read again', nameFromRefName(nameText(name)), name);
    nameFromRepoTag(text);
    const matches = tried(() => namePattern(text));
    matches?.('docker.io/library/alpine:3');
    matches?.(text);
    const digest = tried(() => parseDigest(text));
    const filter = tried(() => parseFilter(text));
    const places = [() => false, () => true, (path: string) => path.length % 3 === 0];
    for (const exists of places) {
      tried(() => parseLocation(text, exists));
      tried(() => parseLocation(text, exists, 'with a store'));
    }
    return [reference, platform, digest, filter].some((value) => value !== undefined);
  },
});
