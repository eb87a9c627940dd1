import { compareBytes } from '../../base/order.js';

/** Digits by their value, whatever their number. */
const compareDigits = (a: string, b: string): number => {
  const [left, right] = [a, b].map((digits) => digits.replace(/^0+(?=\d)/, ''));
  return (left ?? '').length - (right ?? '').length || compareBytes(left ?? '', right ?? '');
};

const isDigits = (text: string): boolean => /^\d/.test(text);

/** Tags as people count: `v9` before `v10`. Texts that differ are never equal. */
export const compareNatural = (a: string, b: string): number => {
  const [left, right] = [a, b].map((text) => text.match(/\d+|\D+/g) ?? []);
  for (let at = 0; ; at++) {
    const x = left?.[at];
    const y = right?.[at];
    if (x === undefined || y === undefined) {
      return x === y ? compareBytes(a, b) : x === undefined ? -1 : 1;
    }
    const order = isDigits(x) && isDigits(y) ? compareDigits(x, y) : compareBytes(x, y);
    if (order !== 0) return order;
  }
};

/** A tag as a version. */
export interface Version {
  readonly major: string;
  readonly minor: string;
  readonly patch: string;
  /** Empty for a release. */
  readonly pre: readonly string[];
}

const VERSION =
  /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*))?(?:[+_][0-9A-Za-z.-]+)?$/;

/**
 * A semantic version, with or without `v` before it; `_` may stand for the `+` that no tag can have. Undefined for
 * tags that are none.
 * @see https://semver.org/spec/v2.0.0.html
 */
export const parseVersion = (tag: string): Version | undefined => {
  const [, major, minor, patch, pre] = VERSION.exec(tag) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  return { major, minor, patch, pre: pre === undefined ? [] : pre.split('.') };
};

const comparePre = (a: readonly string[], b: readonly string[]): number => {
  // A release comes after all that led to it.
  if (a.length === 0 || b.length === 0) return Number(a.length === 0) - Number(b.length === 0);
  for (let at = 0; ; at++) {
    const x = a[at];
    const y = b[at];
    if (x === undefined || y === undefined) return a.length - b.length;
    const [isX, isY] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    const order = isX && isY ? compareDigits(x, y) : isX === isY ? compareBytes(x, y) : isX ? -1 : 1;
    if (order !== 0) return order;
  }
};

/** Precedence of versions. @see https://semver.org/spec/v2.0.0.html#spec-item-11 */
export const compareVersions = (a: Version, b: Version): number =>
  compareDigits(a.major, b.major) ||
  compareDigits(a.minor, b.minor) ||
  compareDigits(a.patch, b.patch) ||
  comparePre(a.pre, b.pre);
