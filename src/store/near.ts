import { compareBytes } from '../base/order.js';

/** Edits from one text to the other, or more than `limit`. */
const distance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    if (Math.min(...next) > limit) return limit + 1;
    row = next;
  }
  return row[b.length] ?? 0;
};

/** Names looked at; beyond that, typing errors are cheaper to find by listing. */
const MOST = 20_000;

const shortOf = (name: string): string => name.replace(/^docker\.io\/(?:library\/)?/, '');

/** Up to three names that are almost the text, nearest first: written as they are, or as Docker shortens them. */
export const nearNames = (text: string, names: readonly string[]): readonly string[] => {
  const wanted = shortOf(text);
  const limit = Math.max(1, Math.min(3, Math.floor(wanted.length / 3)));
  return names
    .slice(0, MOST)
    .map((name) => {
      const short = shortOf(name);
      const repository = short.replace(/:[^/:]*$/, '');
      const isPart = wanted.length > 2 && short.includes(wanted);
      const steps = Math.min(distance(wanted, short, limit), distance(wanted, repository, limit));
      return { name, steps: isPart ? Math.min(steps, limit) : steps };
    })
    .filter(({ steps }) => steps <= limit)
    .toSorted((a, b) => a.steps - b.steps || compareBytes(a.name, b.name))
    .slice(0, 3)
    .map(({ name }) => name);
};
