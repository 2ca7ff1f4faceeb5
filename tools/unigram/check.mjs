// Counts the strings of a golden file that this project's tokenizer gives the reference ids. usage: node check.mjs FILE.json.gz
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { openFastTokenizer } from '../../packages/models/dist/index.js';

const { tokenizer, texts, ids } = JSON.parse(gunzipSync(readFileSync(process.argv[2])).toString());
const opened = await openFastTokenizer(tokenizer, {});
const wrong = texts.filter((text, i) => JSON.stringify(opened.encode(text).ids) !== JSON.stringify(ids[i]));
console.log(`${texts.length - wrong.length} of ${texts.length} as the reference`);
for (const text of wrong.slice(0, 10)) console.log(JSON.stringify(text));
process.exitCode = wrong.length > 0 ? 1 : 0;
