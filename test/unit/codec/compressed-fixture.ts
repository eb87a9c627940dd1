/**
 * Compressed bytes made by the programs that own the formats; each constant names the one that vouches for it. All
 * but the last three and those said otherwise hold {@link sampleText}.
 */

/** Sixty lines, 2671 bytes, that look like a list of files. */
export const sampleText = (): Uint8Array => {
  let state = 1;
  const lines = Array.from({ length: 60 }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return `usr/share/doc/package-${state % 97}/copyright ${state % 4096} 0644\n`;
  });
  return new TextEncoder().encode(lines.join(''));
};

const bytes = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));

/** pigz -c -n -6 (2.6), no name, no time. */
export const PIGZ: Uint8Array = bytes(
  'H4sIAAAAAAAAA41WO25CQRDrcwouELHz2Zmd4yCCIEoBglDk9qFIMZYiQ29ZfrbH++636/Z22l0P24/zfnvZ7b92x8N76HZ/vvxcP4+n742pzM' +
    '0I97f7v+CyBtYhi4Gtg61kMLB07BIGza5YdRXlBXBRYh0dG07BNhuYazAHwW6vC46VDBxdhFlQZlCspZR5NawkdWJCg4xqKMDmpODoedhIWs1c' +
    '4Nugkh2qGeYUDN0sGrWjZKXfp92MdH4fXYRY0vAgafPgzNGZg0ueHazOe7+qM8uga5HduUmhEIgU512guPiJrG6cTA6G+EQmjaRbkUr7BoscQW' +
    'm9C86hVG8vhbwMVeU2VE9DjachcKUr+LA45EzPXwHLeQV5nVoxB4CTRqcwsYM/NwLnocX702vsw6nLPb4prw/Ww2NqcsBUOK8xjlA9+Two5xr8' +
    'QLKB+QIlFJnvYI/DzCkxtMIWf9JhKKpo3aAT/uRvDNbKnZpW8HNj/JoW/OeV0+y03/Tjtfkz7hdj5j6zbwoAAA==',
);

/** zstd -19 (1.5.4), with checksum. */
export const ZSTD: Uint8Array = bytes(
  'KLUv/QRo7QkAllUyF5ArHRhaprK6tsxM0CS3lDKlhE0yFuECNQAoACcAVs5MLflXJpvy5a9t4XF4+zj1AUQ2gWIdeCAOiUaEsSAkNYHhMFAQBo' +
    'yEsCgkhsYA4UgaDkhUU27I349artE4Ri6XYpJDpXVn6CeRzSaO9UqVGavi226x8Epf2+wK9vLy5KdVKudU6SSNrZOKdj3euLytpdspRcWsRi0v' +
    'RbbFOttrNycDACKbwI18LfT66u6ciHUS3781nadO9rT3YjTnvvwuU4lmVSerR0MBcqgRoHDL978DUDUuNAYS+F5P8ArB3ak8B7orl23pj1c9tk' +
    'qQdB5a1i2sRQGnpSolbkiFjLMX9swUGTERt6urGwQuqjWkKcrCdWtLoaKMRubeUWW/VABvrtVr0Ekf8bRfPRLViDYQug4eWjUmf4X0VgVy04pI',
);

/** zstd -3 --no-check (1.5.4). */
export const ZSTD_NO_CHECK: Uint8Array = bytes(
  'KLUv/QBYbQsAVhErGYBHxQbAiEceHPXfZGDuVnbvlDKhpsgMsBAvAB8AHwDSa3nWFo3Cs41SH+EnKQzrQoEiIdA4YCwORwkAkTAMHAyM47AIOB' +
    'ANg4LgaBAYBBS6y3y1YvnxJl+oVlNi8pR7dqdo1atN9lAZ+b3HPAXlUTqt45x870Myo8trS1fqRK0hh3Ylu4+UCXn20hAphJ+kcHTrrzZX7j/n' +
    'vKtZ7va1ZUUXc+8kmjlyLqerC3aogThdev878GJoyLYBEXxRIyM8ItxiPvhfBRlV0gcdRiYlokJOH7R+d9jKCxlS4VE3Gz4srmpEFpV1EVu07J' +
    '3uKQwjzXziIufl99XaVOxA2vFWKwUwTM1GnlRBY+fbpR0/wPao5oeVref06ABhCQNhCAwhmGS9292H186F83ufiW01CPGu/RrYLsTYSAsoRPfu' +
    'NORtbDxHmuSV/KCXDbHPYmVBDlQ4jR1MwzlYyAO5Ox9yxNJjjtzdQSlcYBU=',
);

/** bzip2 -1 (1.0.8). */
export const BZIP2: Uint8Array = bytes(
  'QlpoMTFBWSZTWUwyIKAABQ5ZgAAQQAL/4C7o3iBAAddbnZsBoFPJtKgAABlTxoUR6hiAGGp5AjSpoYAARSTNCapoBtTNT0sAkoXi3wzaB3R5Vh' +
    'WniYCd4pOJDJU1S9Ymsl7XsUkjkFfsFb3jMfFzNN7bGjU6rkmbtobKrSEHNCZgVLsqSyembNtACTqASfgCIl7jLat3iLaGzdPEBERxd1phO+4u' +
    'tp5MzuRaCBOLlQ6xa2Q2A7xmp3IW9SGacLQtYQFwhdxToojLJiBc06StC87lsiiFpYpIbUCKGYC0EgrvtaNVpOrTgxmhOoxqtgV32exWad8xqC' +
    'mZKgqRi2ulsRTEzdGdnDSallwBESQS0EZGQSHitYzbKcENk24jIyhBIVpa02xW3qYESSDeW1pBjCLsizlno+QK+AV/gV8grwCvACvgFfwFdgV8' +
    'gryCtQVqCvAK8grAK3BXAKyCuAV6BWoK9AroFegV9wV9C7kinChIJhkQUAA=',
);

/** xz -6 (5.4.1), CRC64. */
export const XZ_CRC64: Uint8Array = bytes(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4ApuAW5dADqcyosJxdxJssUvTkptpzlfDAwVVronlS3fD2UnLz89azYBO/UHkfg0nyHxdHJT8zdu3g' +
    'F33F8BKLPghh+yrHVurxXgBNSi713Z0ya9FRVmqGMehEStldRj3B+OE2ohA0+FGCZeBUSTfiDgANBg9QagpwiXgjYfN+QMVkSsdN/dfPkBEn8z' +
    '2f7JOl2EaGpNRclUL2QBI9UhXFRGiXifopVw87F0J9DwwM8yH/cu9FoAavQq9Kd5eyaKuySne9UA1s2Vh7K7UTLjvonZKn8DmAac3tQhvrWLmg' +
    'QLkUaSPWUtScC6ufOsfRPbhqwnf0aL4AblJVlpgr5liCS6yb5TWkP240rLx7wd/ta9uj/ecduNWFGoD5zwn5auL2dSRA6bpaldTnb6h4GcjYl2' +
    'BuTShYOEOxXlLtSHmD3n3Ge3PVroh5gNKa7Yns+upwkWhJjcSCgRu/UjE7/+3p4pDfZ06WJrLvPi2ScmNxo/ceiHAAAAAIlhoX0m9rnQAAGKA+' +
    '8UAABxw+2uscRn+wIAAAAABFla',
);

/** xz -6 --check=crc32 (5.4.1). */
export const XZ_CRC32: Uint8Array = bytes(
  '/Td6WFoAAAFpIt42AgAhARYAAAB0L+Wj4ApuAW5dADqcyosJxdxJssUvTkptpzlfDAwVVronlS3fD2UnLz89azYBO/UHkfg0nyHxdHJT8zdu3g' +
    'F33F8BKLPghh+yrHVurxXgBNSi713Z0ya9FRVmqGMehEStldRj3B+OE2ohA0+FGCZeBUSTfiDgANBg9QagpwiXgjYfN+QMVkSsdN/dfPkBEn8z' +
    '2f7JOl2EaGpNRclUL2QBI9UhXFRGiXifopVw87F0J9DwwM8yH/cu9FoAavQq9Kd5eyaKuySne9UA1s2Vh7K7UTLjvonZKn8DmAac3tQhvrWLmg' +
    'QLkUaSPWUtScC6ufOsfRPbhqwnf0aL4AblJVlpgr5liCS6yb5TWkP240rLx7wd/ta9uj/ecduNWFGoD5zwn5auL2dSRA6bpaldTnb6h4GcjYl2' +
    'BuTShYOEOxXlLtSHmD3n3Ge3PVroh5gNKa7Yns+upwkWhJjcSCgRu/UjE7/+3p4pDfZ06WJrLvPi2ScmNxo/ceiHAAAAAGPmPrMAAYYD7xQAAA' +
    'oDL9k+MA2LAgAAAAABWVo=',
);

/** xz -6 --check=sha256 --block-size=1000 (5.4.1), three blocks. */
export const XZ_SHA256_BLOCKS: Uint8Array = bytes(
  '/Td6WFoAAArh+wyhAgAhARYAAAB0L+Wj4APnALNdADqcyosJxdxJssUvTkptpzlfDAwVVronlS3fD2UnLz89azYBO/UHkfg0nyHxdHJT8zdu3g' +
    'F33F8BKLPghh+yrHVurxXgBNSi713Z0ya9FRVmqGMehEStldRj3B+OE2ohA0+FGCZeBUSTfiDgANBg9QagpwiXgjYfN+QMVkSsdN/dfPkBEn8z' +
    '2f7JOl2EaGpNRclUL2QBI9UhXFRGiXifopVw87F0J9DwwM8yH/cu9F5moAY+AACE/225NotuQUUMFfybWx7bWfBXHtuhuNaqevbCBTTUXAIAIQ' +
    'EWAAAAdC/lo+AD5wC/XQAyi0JjgF7p02vbbUZqmALHrZ4V0FrmE6chusPX02O3JDny0wbfuzhOJgE0AthxIgRTnjFrgvASqV3anscfZOweCgpg' +
    'RXNLPpO6Yesf7K11U0e4yxzAxKJuQ4SO+JhYoHOggkpHL0294CAL434rhLsIjn+Qb2GUCBm0K484uEgoHBZW8ItcDGto7Hwpve9luAxludZILn' +
    'yd6aDuOQTHF0gReU4HTiU1CNOEBykLkbAoYT+ycnjSNOcGBPlVWgehYAAAp8I0dxXb6ESe2aBR2BUtGi9a6AYElkkqHQWJoNdS93ECACEBFgAA' +
    'AHQv5aPgAp4Akl0AGw0sFHk8TcZVaFYO7uaCBUwfisqjvDRIJxJEEXKlvl3+HUjHr5r+pxmOdDlZigg22ZUUOvQmINpXqu9ndwMkGNKmAkDUlJ' +
    'fu18q7vdt3BzEq/3TuGgl+Tc0mGPct2tJXeL00KKbkWv9rJa8Xj1X3c0o0YSNkOAL2gYTgBHBULRLw8NwKBijiUdMhkQY5UNxU+QAAAACCkbj2' +
    'Lu0L1R4FioA50bdFsS9l9hGwg5JImgqHjMB4WgAD5wHoB/MB6AfGAZ8FAAC0ljpNqwqGygQAAAAAClla',
);

/** xz --x86 --lzma2 (5.4.1): the BCJ filter in front of LZMA2. */
export const XZ_X86: Uint8Array = bytes(
  '/Td6WFoAAATm1rRGAgEEACEBEACLIW9J4AA7ADNdADqcyosJxdxJssUvTkptpzlfDAwVVronlS3fD2UnLz89azYBO/UHkfg0nyHjLv0qMpVAAA' +
    'AA4TuE22wWWAsAAU88ZpoIeB+2830BAAAAAARZWg==',
);

/** zstd -D (1.5.4): a frame that names a dictionary; cut after 40 bytes. */
export const ZSTD_DICT: Uint8Array = bytes('KLUv/WendXcWbwllCgBjDRkJsC971N0PutiPUsr2xqviR6XcFkkfdA==');

/** bzip2 -1 (1.0.8) of 300000 zero bytes: the largest run lengths. */
export const BZIP2_RUNS: Uint8Array = bytes('QlpoMTFBWSZTWd9HTW8AAkxAgMAABAAACCAAMMwFKaYURsRRHi7kinChIb6Omt4=');

/** zstd -1 (1.5.4) of 300000 zero bytes: RLE blocks. */
export const ZSTD_RUNS: Uint8Array = bytes('KLUv/QRIVAAAEAAAAQD7/znAAgIAEAADnwQALSjeJg==');

/** xz -0 (5.4.1) of 300000 zero bytes. */
export const XZ_RUNS: Uint8Array = bytes(
  '/Td6WFoAAATm1rRGAgAhAQwAAACPmEGc5JPfAG9dAABv/f//o7f/Rz5IFXI5YVG4kijmo4YH+e7kHoLTL8U6PAFLsX7JiopNL6MN2X+m44wjEV' +
    'PgWRjFdYrid/i2lH8MasDedElk4ulcU7IE2PdEDKtfDW1G6eXDdoi3llestk3haR1v+0uIEGw1jEDBAAAAH58pcZX/q9AAAYsB4KcSAHhj/vix' +
    'xGf7AgAAAAAEWVo=',
);
