import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../../src/base/bytes.js';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.js';
import { jsonObjects, readLoad } from '../../../../src/transport/engine/read-load.js';
import { RECORDED_ENGINES, recordingOf } from '../../../support/fake-engine.js';

const read = (text: string) => readLoad(utf8(text), 'load', DEFAULT_LIMITS);

describe('the answer to a load', () => {
  it('may have lines or none between its objects', () => {
    expect(jsonObjects('{"a":"}\\"{"}\r\n{"b":[{}]}{"c":1}\n')).toStrictEqual([
      '{"a":"}\\"{"}',
      '\r\n{"b":[{}]}',
      '{"c":1}',
    ]);
  });

  it('names images with Docker in lines, with Podman in one', () => {
    const names = ['docker.io/library/b:latest', 'docker.io/t/a:1'];
    expect(read('{"stream":"Loaded image: t/a:1\\n"}\n{"stream":"Loaded image: b:latest\\n"}\n')).toMatchObject({
      outcome: 'done',
      names,
    });
    expect(read('{"stream":"Loaded image: docker.io/t/a:1,docker.io/library/b:latest"}')).toMatchObject({ names });
  });

  it('tells the IDs of images without a name', () => {
    const id = `sha256:${'ab'.repeat(32)}`;
    expect(read(`{"stream":"Loaded image ID: ${id}\\n"}`)).toMatchObject({ names: [], ids: [id] });
    expect(read(`{"stream":"Loaded image: ${id}"}`)).toMatchObject({ names: [], ids: [id] });
  });

  it('is a refusal if any line has an error, whatever the status', () => {
    expect(
      read('{"stream":"Loaded image: t/a:1\\n"}\n{"errorDetail":{"message":"no\\nspace"},"error":"no space"}'),
    ).toStrictEqual({ outcome: 'refused', message: 'no space', isRace: false });
    expect(read('{"error":"broken"}')).toMatchObject({ outcome: 'refused', message: 'broken' });
    expect(read('{"errorDetail":{}}')).toMatchObject({ outcome: 'refused' });
  });

  it('must be JSON', () => {
    expect(() => read('<html>')).toThrow(expect.objectContaining({ code: 'ENGINE_ANSWER_INVALID' }));
    expect(() => read('{"stream":"Loaded')).toThrow(expect.objectContaining({ code: 'ENGINE_ANSWER_INVALID' }));
  });

  it.for(RECORDED_ENGINES.filter((name) => name.startsWith('docker')))('%s refuses with status 200', (name) => {
    const { status, text = '' } = recordingOf(name).refusedLoad;
    expect(status).toBe(200);
    expect(read(text)).toMatchObject({ outcome: 'refused' });
  });
});
