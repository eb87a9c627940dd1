import { readFileSync, readdirSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.js';
import { ERROR_CODES } from '../../../src/base/error-code.js';
import { type JsonValue, parseJson } from '../../../src/base/json-parse.js';
import { SCHEMA_NAMES, loadValidator } from '../../../src/base/schema.js';

const folder = new URL('../../../schemas/', import.meta.url);
const read = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Record<string, unknown>;
const parse = (text: string): JsonValue => parseJson(utf8(text), { subject: 'doc', depth: 64 });
const files: readonly string[] = readdirSync(folder).sort();
const DIGEST = `sha256:${'0'.repeat(64)}`;

const foreign = files.filter((file) => /^(?:oci|docker)-/.test(file));

type Part = [key: string, schema: Record<string, unknown>];

/** Every schema inside a schema, with the keyword or key that leads to it. */
const parts = (value: unknown, key = ''): Part[] =>
  typeof value !== 'object' || value === null
    ? []
    : [
        [key, value as Record<string, unknown>],
        ...Object.entries(value).flatMap(([name, member]: [string, unknown]) => parts(member, name)),
      ];

describe('the schemas', () => {
  it('are the files of their folder, each once', () => {
    expect(files).toEqual(SCHEMA_NAMES.map((name) => `${name}.schema.json`).sort());
  });

  it('are valid JSON Schema and compile in strict mode', () => {
    const ajv = new Ajv2020({ strict: true, allErrors: true });
    for (const file of files) ajv.addSchema(read(file));
    expect(files.filter((file) => ajv.getSchema(`https://ingot.dev/schemas/${file}`) === undefined)).toEqual([]);
  });

  it.for([...files])('%s says who it is', (file: string) => {
    expect(read(file)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `https://ingot.dev/schemas/${file}`,
      title: expect.any(String) as string,
      description: expect.any(String) as string,
    });
  });

  it.for([...foreign])('%s links the release of its specification', (file: string) => {
    expect(read(file)['description']).toMatch(/https:\/\/github\.com\/[^ ]+\/blob\/v\d+\.\d+\.\d+\//);
  });

  it.for([...files])('%s takes every digest and size from one definition', (file: string) => {
    const others = parts(read(file))
      .filter(([key, schema]) => /^(?:digest|size|diffID|imageID|offset)$/.test(key) && !('title' in schema))
      .map(([, schema]) => String(schema['$ref']))
      .filter((reference) => !/#\/\$defs\/(?:digest|size)$/.test(reference));
    expect(others).toEqual([]);
  });

  it('are closed for what is ours and open for what is foreign', () => {
    const isClosed = ([, schema]: Part): boolean => schema['additionalProperties'] === false;
    const isOurs = (file: string): boolean => !foreign.includes(file);
    const objects = files.flatMap((file) =>
      parts(read(file))
        .filter(([, schema]) => schema['type'] === 'object' && typeof schema['properties'] === 'object')
        .map((part) => ({ file, key: part[0], closed: isClosed(part) })),
    );
    expect(objects.filter(({ file, closed }) => closed !== isOurs(file))).toEqual([]);
  });

  it('know the codes of the table of errors', async () => {
    const validate = await loadValidator('report-error');
    for (const code of Object.keys(ERROR_CODES)) expect(validate({ error: { code, message: '' } })).toEqual([]);
  });
});

describe('loadValidator', () => {
  const wrong = parse('{"mediaType":1,"digest":"sha256:X","size":572.0}');

  it('finds the first issue, or all of them', async () => {
    expect(await loadValidator('oci-descriptor').then((validate) => validate(wrong))).toHaveLength(1);
    expect(await loadValidator('oci-descriptor', { all: true }).then((validate) => validate(wrong))).toEqual([
      { code: 'SCHEMA_INVALID', pointer: '/mediaType', expected: 'a media type of RFC 6838', found: '1' },
      {
        code: 'DIGEST_INVALID',
        pointer: '/digest',
        expected: expect.stringContaining('ALGORITHM:ENCODED') as string,
        found: '"sha256:X"',
      },
      {
        code: 'SIZE_INVALID',
        pointer: '/size',
        expected: 'a whole number from 0 to 9007199254740991',
        found: 'the number 572.0',
      },
    ]);
  });

  it('points through references, and at the member that is absent or too much', async () => {
    const manifest = await loadValidator('oci-image-manifest', { all: true });
    expect(
      manifest(
        parse(
          `{"schemaVersion":2,"config":{"mediaType":"a/b","digest":"${DIGEST}"},"layers":[{"mediaType":"a/b","digest":"","size":-1}]}`,
        ),
      ),
    ).toMatchObject([
      { code: 'SCHEMA_INVALID', pointer: '/config/size', found: 'nothing' },
      { code: 'DIGEST_INVALID', pointer: '/layers/0/digest' },
      { code: 'SIZE_INVALID', pointer: '/layers/0/size', found: '-1' },
    ]);
    const lock = await loadValidator('lock', { all: true });
    expect(
      lock({ version: 1, images: { 'a/b': { digest: DIGEST, platforms: { linux: { digest: DIGEST } }, 'x~y': 1 } } }),
    ).toMatchObject([
      { pointer: '/images/a~1b/x~0y', expected: 'no such member' },
      { pointer: '/images/a~1b/platforms/linux', found: '"linux"' },
    ]);
  });

  it('holds docker to the spelling of its keys and to digests as keys', async () => {
    const validate = await loadValidator('docker-save-manifest', { all: true });
    expect(validate(parse('[{"config":"a","repoTags":null,"layers":[]}]')).map(({ pointer }) => pointer)).toEqual([
      '/0/Config',
      '/0/RepoTags',
      '/0/Layers',
    ]);
    const source = { mediaType: 'a/b', digest: DIGEST, size: 0 };
    expect(
      validate([{ Config: 'a', RepoTags: [], Layers: [], LayerSources: { [DIGEST]: source, 'sha256:0': source } }]),
    ).toMatchObject([{ code: 'DIGEST_INVALID', pointer: '/0/LayerSources/sha256:0', found: '"sha256:0"' }]);
  });

  it('asks for the type of an artifact only where the config is the empty one', async () => {
    const validate = await loadValidator('oci-image-manifest', { all: true });
    const manifest = (mediaType: unknown): unknown => ({
      schemaVersion: 2,
      config: { mediaType, digest: DIGEST, size: 2 },
      layers: [],
    });
    expect(validate(manifest('application/vnd.oci.empty.v1+json'))).toMatchObject([{ pointer: '/artifactType' }]);
    expect(validate(manifest('application/vnd.oci.image.config.v1+json'))).toEqual([]);
    expect(validate(manifest(undefined))).toMatchObject([{ pointer: '/config/mediaType' }]);
    expect(validate({ schemaVersion: 2, config: null, layers: [] })).toMatchObject([{ pointer: '/config' }]);
    expect(validate({ schemaVersion: 2, layers: [] })).toMatchObject([{ pointer: '/config' }]);
  });

  it('bounds the sizes of plain values too', async () => {
    const validate = await loadValidator('oci-descriptor');
    expect(validate({ mediaType: 'a/b', digest: DIGEST, size: 2 ** 53 - 1 })).toEqual([]);
    expect(validate({ mediaType: 'a/b', digest: DIGEST, size: 2 ** 53 })).toMatchObject([
      { code: 'SIZE_INVALID', pointer: '/size' },
    ]);
  });

  it('is asked about plain values as well as about parsed ones', async () => {
    const validate = await loadValidator('oci-layout');
    expect(validate({ imageLayoutVersion: '1.0.0' })).toEqual([]);
    expect(validate(parse('{"imageLayoutVersion":"1.0.0","__proto__":{"imageLayoutVersion":1}}'))).toEqual([]);
    expect(validate(parse('{"__proto__":{"imageLayoutVersion":"1.0.0"}}'))).toMatchObject([
      { pointer: '/imageLayoutVersion', found: 'nothing' },
    ]);
    expect(validate(undefined)).toHaveLength(1);
  });

  it('takes a number with its spelling for nothing that a schema can ask for', async () => {
    const config = await loadValidator('oci-image-config', { all: true });
    const rest = `"architecture":"a","os":"b","rootfs":{"type":"layers","diff_ids":[]}`;
    for (const place of ['config', 'history', 'author', 'created', 'os.features']) {
      expect(config(parse(`{${rest},"${place}":1.0}`))).toMatchObject([
        { pointer: `/${place}`, found: 'the number 1.0' },
      ]);
    }
    expect(
      config(parse(`{${rest},"config":{"Labels":1.0,"ExposedPorts":{"80":1e3},"StopTimeout":1e3}}`)).map(
        ({ pointer }) => pointer,
      ),
    ).toEqual(['/config/ExposedPorts/80', '/config/Labels', '/config/StopTimeout']);
    expect(config(parse(`{${rest},"x":1.0,"y":[1e400,{"z":-0}]}`))).toEqual([]);
  });

  it('spells out control characters of what was found', async () => {
    const validate = await loadValidator('oci-layout');
    expect(validate(parse('{"imageLayoutVersion":"\\u001b[2J"}'))).toMatchObject([{ found: '"\\x1b[2J"' }]);
  });

  it('serves callers at the same time', async () => {
    const validators = await Promise.all([...SCHEMA_NAMES, ...SCHEMA_NAMES].map((name) => loadValidator(name)));
    for (const validate of validators) expect(() => validate(null)).not.toThrow();
  });

  it('answers about texts as long as the limit on documents allows', async () => {
    const validate = await loadValidator('oci-descriptor', { all: true });
    const length = 16 * 1024 * 1024;
    const valid = { mediaType: 'a/b', digest: DIGEST, size: 0, data: 'A'.repeat(length) };
    expect(validate(valid)).toEqual([]);
    expect(validate({ ...valid, data: `${valid.data}!` })).toHaveLength(1);
    for (const text of ['a'.repeat(length), 'a.'.repeat(length / 2), 'a/'.repeat(length / 2), ':'.repeat(length)]) {
      const issues = validate({ mediaType: text, digest: text, size: 0, urls: [text] });
      expect(issues.map(({ pointer }) => pointer)).toEqual(['/mediaType', '/digest', '/urls/0']);
    }
  });

  it('reads the schemas beside the built package too', () => {
    const built = new URL('../../../dist/base/', import.meta.url);
    expect(new URL('../../schemas/', built).href).toBe(folder.href);
  });

  it('loads the library only when it is called', () => {
    const source = readFileSync(new URL('../../../src/base/schema.ts', import.meta.url), 'utf8');
    const imports = source.split('\n').filter((line) => line.includes("'ajv/"));
    expect(imports.map((line) => /import type|await import/.test(line))).toEqual([true, true]);
  });
});
