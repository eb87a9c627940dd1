import { describe, expect, it } from 'vitest';
import {
  checkName,
  compareNames,
  nameFromAnnotations,
  nameFromRefName,
  nameFromRepoTag,
  nameText,
  refNameOf,
} from '../../../src/content/name.js';
import { ANNOTATION } from '../../../src/oci/annotation.js';
import { failureOf, label, reference } from '../../support/memory-place.js';

const HEX = '0123456789abcdef'.repeat(4);
const DIGEST = `sha256:${HEX}`;

describe('the name of an entry', () => {
  it.for<
    [line: string, imageName: string | undefined, refName: string | undefined, kind: string | undefined, text?: string]
  >([
    ['none', undefined, undefined, undefined],
    ['an empty one', undefined, '', undefined],
    ['a tag', undefined, '3.20', 'label', '3.20'],
    ['a bare word', undefined, 'alpine', 'label', 'alpine'],
    ['a short reference', undefined, 'alpine:3', 'reference', 'docker.io/library/alpine:3'],
    ['a full reference', undefined, 'host.example/a/b:1', 'reference', 'host.example/a/b:1'],
    ['a reference with a digest', undefined, `a@${DIGEST}`, 'reference', `docker.io/library/a@${DIGEST}`],
    ['other text', undefined, 'Some/Thing:x', 'label', 'Some/Thing:x'],
    ['a full name and its tag', 'docker.io/library/alpine:3', '3', 'reference', 'docker.io/library/alpine:3'],
    ['a full name that differs from the tag', 'docker.io/library/a:1', '2', 'reference', 'docker.io/library/a:1'],
    ['a full name alone', 'a:1', undefined, 'reference', 'docker.io/library/a:1'],
    ['a full name that is none, beside a tag', '!', '3', 'label', '3'],
    ['a full name that is none', '!', undefined, 'label', '!'],
    ['a digest', undefined, DIGEST, undefined],
    ['a digest as full name', DIGEST, undefined, undefined],
    ['a digest as both names', DIGEST, DIGEST, undefined],
    ['a digest as full name, beside a tag', DIGEST, '3', 'label', '3'],
  ])('%s', ([, imageName, refName, kind, text]) => {
    const annotations = new Map([
      ...(imageName === undefined ? [] : [[ANNOTATION.imageName, imageName] as const]),
      ...(refName === undefined ? [] : [[ANNOTATION.refName, refName] as const]),
    ]);
    const name = nameFromAnnotations(annotations);
    expect(name?.kind).toBe(kind);
    if (name !== undefined) expect(nameText(name)).toBe(text);
  });

  it('from RepoTags may be a bare word, from ref.name that is a tag', () => {
    expect(nameFromRepoTag('alpine')).toEqual(reference('alpine'));
    expect(nameFromRefName('alpine')).toEqual(label('alpine'));
    expect(nameFromRepoTag('NOT valid')).toEqual({ kind: 'misnomer', text: 'NOT valid' });
  });

  it.for<[line: string, name: ReturnType<typeof label>, refName: string]>([
    ['the tag of a reference', reference('a:1'), '1'],
    ['the whole reference without a tag', reference(`a@${DIGEST}`), `docker.io/library/a@${DIGEST}`],
    ['the tag of a reference with both', reference(`a:1@${DIGEST}`), '1'],
    ['a label', label('x/y'), 'x/y'],
  ])('has as ref.name %s', ([, name, refName]) => {
    expect(refNameOf(name)).toBe(refName);
  });

  it('is sorted by its text', () => {
    const names = [label('b'), reference('a'), label('a'), reference('b/a')];
    expect(names.toSorted(compareNames).map(nameText)).toEqual([
      'a',
      'b',
      'docker.io/b/a:latest',
      'docker.io/library/a:latest',
    ]);
  });
});

describe('an archive', () => {
  it.for(['a', '3.20', '_x', 'a/b', 'a--b', 'a+b', 'A/B:c@d', 'a'.repeat(300)])('can carry the label %s', (text) => {
    expect(() => checkName(label(text))).not.toThrow();
  });

  it('cannot carry what had to be a reference and is none, though a layout could', async () => {
    expect((await failureOf(() => checkName(nameFromRepoTag('A')))).code).toBe('REFERENCE_INVALID');
    expect(() => checkName(nameFromRefName('A'))).not.toThrow();
  });

  it.for(['', ' ', 'a b', 'a\n', '-x', 'a//b', 'ä', '../x', 'a\u202eb'])('cannot carry the label %j', async (text) => {
    expect(await failureOf(() => checkName(label(text)))).toMatchObject({
      code: 'REFERENCE_INVALID',
      details: { subject: text },
    });
  });
});
