// Writes mop.schema.json and the tables of settings and stages in the READMEs from the build: npm run refresh, in the root
import { readFileSync, writeFileSync } from 'node:fs';
import { schemaFile, withKeysTable } from '../../pipeline/dist/config/generated.js';
import { withStageTable } from '../../pipeline/dist/job/stage-table.js';

const file = (name) => new URL(`../${name}`, import.meta.url);
writeFileSync(file('mop.schema.json'), schemaFile());
writeFileSync(file('README.md'), withKeysTable(readFileSync(file('README.md'), 'utf8')));

const stages = new URL('../../pipeline/README.md', import.meta.url);
writeFileSync(stages, withStageTable(readFileSync(stages, 'utf8')));
