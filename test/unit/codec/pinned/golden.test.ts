import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { INPUTS } from '../../../../golden/codec/input.mjs';
import { hashHex } from '../../../../src/base/hash.js';
import { PINNED_CODEC_IDS } from '../../../../src/codec/pinned/codec.js';
import { compressBytes } from './compress-bytes.js';

interface Golden {
  readonly inputs: Readonly<Record<string, { readonly size: number; readonly sha256: string }>>;
  readonly vectors: readonly {
    readonly codec: string;
    readonly input: string;
    readonly size: number;
    readonly sha256: string;
    readonly voucher: string;
  }[];
}

const golden = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../../../golden/codec/vectors.json', import.meta.url)), 'utf8'),
) as Golden;

const inputs = new Map<string, Uint8Array>();
const inputOf = (name: string): Uint8Array => {
  const made = inputs.get(name) ?? INPUTS[name]!();
  inputs.set(name, made);
  return made;
};

describe('the golden vectors', () => {
  it('are about the inputs that the rules make', () => {
    for (const [name, { size, sha256 }] of Object.entries(golden.inputs)) {
      const input = inputOf(name);
      expect({ name, size: input.length, sha256: hashHex('sha256', input) }).toStrictEqual({ name, size, sha256 });
    }
    expect(golden.inputs['layer']!.size).toBeGreaterThan(8 * 1024 * 1024);
  });

  it('speak of every codec and every input, of the largest at least where it matters', () => {
    const small = Object.keys(INPUTS).filter((name) => name !== 'layer');
    for (const id of PINNED_CODEC_IDS) {
      const names = golden.vectors.filter(({ codec }) => codec === id).map(({ input }) => input);
      expect(names, id).toStrictEqual(expect.arrayContaining(small));
    }
    expect(golden.vectors.filter(({ codec }) => !PINNED_CODEC_IDS.includes(codec))).toStrictEqual([]);
    const large = golden.vectors.filter(({ input }) => input === 'layer').map(({ codec }) => codec);
    expect(large).toStrictEqual(expect.arrayContaining(['go-flate-1.26/1', 'go-flate-1.26/6', 'zlib-1.3/6']));
  });

  it('hold the vector of the written description', () => {
    const vector = golden.vectors.find(({ codec, input }) => codec === 'go-flate-1.26/6' && input === 'description');
    expect(golden.inputs['description']).toStrictEqual({
      size: 1_281_577,
      sha256: 'd5081c86f423dcaaf63992875f6bed96a4732e8b692f439c020c5b4cd4732c49',
    });
    expect(vector).toMatchObject({
      size: 353_790,
      sha256: '9e43deb0158826e856260483f1d710092b787d32a22f1446015cc5565b7cec6b',
    });
  });

  it.for(PINNED_CODEC_IDS)('are what %s writes', async (id) => {
    for (const { codec, input, size, sha256 } of golden.vectors) {
      if (codec !== id) continue;
      const output = await compressBytes(codec, inputOf(input));
      expect({ input, size: output.length, sha256: hashHex('sha256', output) }).toStrictEqual({ input, size, sha256 });
    }
  });
});
