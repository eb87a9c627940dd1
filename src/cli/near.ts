/** Edits (insert, delete, replace) from one text to the other. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};

/** The name that was probably meant: few edits away, or with what was typed in it. */
export const nearName = (typed: string, names: Iterable<string>): string | undefined => {
  const word = typed.slice(0, 40);
  const allowed = word.length <= 3 ? 1 : word.length <= 6 ? 2 : 3;
  let best: { readonly name: string; readonly edits: number } | undefined;
  for (const name of names) {
    const edits = word.length >= 3 && name.includes(word) ? 1 : distance(word, name);
    if (edits <= allowed && (best === undefined || edits < best.edits)) best = { name, edits };
  }
  return best?.name;
};
