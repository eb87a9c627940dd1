/**
 * Compares the tables of several machines: `DIRECTORY/NAME/table.json` for each, which must be as many as are expected.
 *
 *     node .ci/matrix/compare-tables.mjs DIRECTORY COUNT
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from './compare.mjs';

const [, , directory, count] = process.argv;
const names = readdirSync(directory)
  .filter((name) => existsSync(join(directory, name, 'table.json')))
  .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
const tables = names.map((name) => JSON.parse(readFileSync(join(directory, name, 'table.json'), 'utf8')));
let bad = names.length === Number(count) ? 0 : 1;
for (const [index, name] of names.entries()) {
  const { platform, arch, runtime, table } = tables[index];
  const { count: values, different, missing, isIdentical } = compare(table, tables[0].table, 'all');
  if (!isIdentical) bad += 1;
  console.log(
    `${name}: ${platform} ${arch} ${runtime}: ${values} values, ${isIdentical ? 'identical' : 'NOT identical'}`,
  );
  for (const key of different) console.log(`    ${key}: ${table[key]}, not ${tables[0].table[key]}`);
  for (const key of missing) console.log(`    ${key}: missing`);
}
console.log(`${names.length} tables of ${count}`);
process.exitCode = bad === 0 ? 0 : 1;
