// Writes mop.schema.json and the table of settings in README.md from the built schema: npm run refresh, in the root
import { readFileSync, writeFileSync } from 'node:fs';
import { schemaFile, withKeysTable } from '../../pipeline/dist/config/generated.js';

const file = (name) => new URL(`../${name}`, import.meta.url);
writeFileSync(file('mop.schema.json'), schemaFile());
writeFileSync(file('README.md'), withKeysTable(readFileSync(file('README.md'), 'utf8')));
