import { editDistance } from '../base/edit-distance.js';
import { compareBytes } from '../base/order.js';

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
      const steps = Math.min(editDistance(wanted, short, limit), editDistance(wanted, repository, limit));
      return { name, steps: isPart ? Math.min(steps, limit) : steps };
    })
    .filter(({ steps }) => steps <= limit)
    .toSorted((a, b) => a.steps - b.steps || compareBytes(a.name, b.name))
    .slice(0, 3)
    .map(({ name }) => name);
};
