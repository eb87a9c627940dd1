import { readFileSync } from 'node:fs';

/**
 * The text of a file of `schemas/`, which lies at the same distance from `src/base` and from `dist/base`. A build into one
 * file puts its own module in the place of this one.
 */
export const schemaText = (name: string): string =>
  readFileSync(new URL(`../../schemas/${name}`, import.meta.url), 'utf8');
