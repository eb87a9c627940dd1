/** Lengths of the longest common subsequences of the ends of two lists. */
const commonLengths = (before: readonly string[], after: readonly string[]): readonly (readonly number[])[] => {
  const lengths = Array.from({ length: before.length + 1 }, () => Array.from({ length: after.length + 1 }, () => 0));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const row = lengths[i];
      if (row === undefined) continue;
      row[j] =
        before[i] === after[j]
          ? (lengths[i + 1]?.[j + 1] ?? 0) + 1
          : Math.max(lengths[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
};

/** Lines beyond which nobody reads a diff. */
const MOST = 2000;

/** All lines of two texts: `  ` in both, `- ` only before, `+ ` only after. */
export const lineDiff = (before: readonly string[], after: readonly string[]): readonly string[] => {
  if (before.length > MOST || after.length > MOST)
    return [...before.map((line) => `- ${line}`), ...after.map((line) => `+ ${line}`)];
  const lengths = commonLengths(before, after);
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [x, y] = [before[i], after[j]];
    if (x !== undefined && x === y) {
      lines.push(`  ${x}`);
      i += 1;
      j += 1;
    } else if (y === undefined || (x !== undefined && (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0))) {
      lines.push(`- ${x ?? ''}`);
      i += 1;
    } else {
      lines.push(`+ ${y}`);
      j += 1;
    }
  }
  return lines;
};
