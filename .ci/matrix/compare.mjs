/**
 * Holds the values of a lane against those of the reference. A lane with `some` codecs may lack values of the others, and
 * nothing else.
 */
export const compare = (table, reference, codecs) => {
  const keys = Object.keys(table);
  const missing = Object.keys(reference).filter(
    (key) => !Object.hasOwn(table, key) && (codecs === 'all' || !key.startsWith('codec/')),
  );
  const different = keys.filter((key) => table[key] !== reference[key]);
  const isIdentical = keys.length > 0 && different.length === 0 && missing.length === 0;
  return { count: keys.length, different, missing, isIdentical };
};
