/**
 * Inputs of the codecs' golden vectors, made by rule: no data are kept. Every one follows from the generator
 * x -> x * 48271 mod 2147483647, which is exact in any language.
 */

/** Draws numbers from 1 to 2147483646. The product stays below 2^53. */
const draws = (seed) => {
  let x = seed;
  return () => {
    x = (x * 48271) % 2147483647;
    return x;
  };
};

const join = (parts) => {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};

const listing = (count, next) => {
  const lines = [];
  for (let line = 0; line < count; line += 1) {
    const x = next();
    lines.push(`layer entry ${line} usr/lib/file-${x % 997} mode 0${(x % 512).toString(8)} size ${x % 65536}\n`);
  }
  return new TextEncoder().encode(lines.join(''));
};

const noise = (count, next) => Uint8Array.from({ length: count }, () => (next() >>> 8) & 255);

/** Text, noise, and the text's beginning once more: the vector of the encoder's written description. */
const description = () => {
  const next = draws(1);
  const text = listing(20000, next);
  return join([text, noise(131072, next), text.subarray(0, 50000)]);
};

/** Bytes of which each is half as frequent as the one before: code lengths reach their limit. */
const skewed = () => {
  const next = draws(7);
  return Uint8Array.from({ length: 200000 }, () => Math.clz32(next() << 1) * 7);
};

/** Copies from set distances, at the edges of what the format and the encoders can reach. */
const reaching = () => {
  const next = draws(11);
  const bytes = new Uint8Array(600000);
  const distances = [1, 2, 3, 4, 258, 4095, 4096, 4097, 32505, 32506, 32507, 32767, 32768, 32769, 65535];
  const lengths = [3, 4, 5, 6, 7, 16, 32, 33, 128, 257, 258, 259, 600];
  for (let at = 0; at < bytes.length; ) {
    const distance = distances[next() % distances.length];
    const length = lengths[next() % lengths.length];
    const fresh = distance > at || next() % 3 === 0;
    const end = Math.min(bytes.length, at + length);
    for (; at < end; at += 1) {
      bytes[at] = fresh ? (next() >>> 8) & 255 : bytes[at - distance];
    }
  }
  return bytes;
};

/** Something like a layer: headers, listings, machine code, pictures, zeros; longer than 8 MiB. */
const layer = () => {
  const next = draws(42);
  const words = Array.from({ length: 600 }, () =>
    Array.from({ length: 2 + (next() % 9) }, () => String.fromCharCode(97 + (next() % 26))).join(''),
  );
  const parts = [];
  let size = 0;
  const push = (part) => {
    parts.push(part);
    size += part.length;
  };
  for (let file = 0; size < 8.5 * 1024 * 1024; file += 1) {
    const header = new Uint8Array(512);
    header.set(new TextEncoder().encode(`usr/share/${words[next() % 600]}/${words[next() % 600]}-${file}`));
    header.set(new TextEncoder().encode(`0000644\u00000000000\u00000000000\u0000${(next() % 99999).toString(8).padStart(11, '0')}`), 100);
    header.set(new TextEncoder().encode('ustar\u000000'), 257);
    push(header);
    const kind = next() % 6;
    const length = 512 * (1 + (next() % 120));
    if (kind === 0) push(noise(length, next));
    else if (kind === 1) push(listing(Math.ceil(length / 60), next));
    else if (kind === 2) push(new Uint8Array(length));
    else if (kind === 3) {
      // Words of four bytes: an operation, registers, an offset that repeats.
      push(Uint8Array.from({ length }, (_, at) => (at % 4 === 0 ? [72, 137, 139, 232, 15][next() % 5] : at % 4 === 1 ? next() % 64 : at % 4 === 2 ? (at >> 6) & 255 : 0)));
    } else {
      const text = [];
      for (let left = length; left > 0; ) {
        const word = `${words[Math.min(next() % 600, next() % 600)]}${next() % 9 === 0 ? '.\n' : ' '}`;
        text.push(word);
        left -= word.length;
      }
      push(new TextEncoder().encode(text.join('')));
    }
  }
  return join(parts);
};

/** Each input's maker by name. */
export const INPUTS = {
  empty: () => new Uint8Array(0),
  short: () => new TextEncoder().encode('a layer, a layer, a layer'),
  zeros: () => new Uint8Array(1024 * 1024 + 1),
  noise: () => noise(300000, draws(3)),
  skewed,
  reaching,
  description,
  layer,
};
