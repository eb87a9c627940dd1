import { editDistance } from '../base/edit-distance.js';

/** The name that was probably meant: few edits away, or with what was typed in it. */
export const nearName = (typed: string, names: Iterable<string>): string | undefined => {
  const word = typed.slice(0, 40);
  const allowed = word.length <= 3 ? 1 : word.length <= 6 ? 2 : 3;
  let best: { readonly name: string; readonly edits: number } | undefined;
  for (const name of names) {
    const edits = word.length >= 3 && name.includes(word) ? 1 : editDistance(word, name, allowed);
    if (edits <= allowed && (best === undefined || edits < best.edits)) best = { name, edits };
  }
  return best?.name;
};
