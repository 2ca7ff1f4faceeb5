// Whole files of a run's folder and of those that a command is given beside records, to be changed by the fuzzer.
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { sealed } from '../../packages/pipeline/src/run-folder/sealed.ts';
import { fitGateSteps, initialGate } from '../../packages/gating/src/index.ts';

const utf8 = (text) => new TextEncoder().encode(text);

export const address = () => [
  utf8(
    JSON.stringify({
      year: 1790,
      name: 'Someone',
      party: 'none',
      text: `${'Fellow citizens, the state of our harvest is good [applause] and the roads, as Mr. Lane said, are dry; '.repeat(6)}.`,
    }),
  ),
];
export const experiments = () =>
  ['compare-small', 'common'].map(
    (name) => new Uint8Array(readFileSync(new URL(`../../experiments/${name}.yaml`, import.meta.url))),
  );
export const groupTerms = () => [utf8('groups:\n  women: [she, her]\n  men: [he, him]\nswaps:\n  - [women, men]\n')];
export const pieces = () => [
  new Uint8Array(Buffer.concat([sealed('{"id":1}\n{"id":2}\n'), sealed(Uint8Array.of(1, 2, 3)), sealed('')])),
];
export const vocabulary = () => [utf8('[UNK]\na\n')];
export const chatTemplate = () =>
  [
    "{% for m in messages %}{{ m['role'] }}: {{ m['content'] | trim }}\n{% endfor %}",
    "{% if messages[0].role == 'system' %}{{ raise_exception('no') }}{% endif %}{% set x = namespace(a=1) %}{% for i in range(3) %}{{ x.a + i }}{% endfor %}{{ messages[0].content }}",
  ].map(utf8);

/** A checkpoint of the fit that the target resumes. */
const matrix = (rows) => ({ data: new Float32Array(rows * 3).fill(0.5), rows, cols: 3 });
export const fitOfCheckpoint = (checkpoint) =>
  fitGateSteps(
    { records: matrix(2), personas: matrix(2), exemplars: matrix(2) },
    (requests) => Promise.resolve(requests.map(() => ({ logProbability: () => -1, derivative: () => 0 }))),
    {
      gate: initialGate({ d: 3, hidden: 2, personas: 2, temperature: 0.6 }, { similarity: 1 }),
      epochs: 2,
      ...(checkpoint === undefined ? {} : { checkpoint }),
    },
  );
let written;
for await (const { epochEnd } of fitOfCheckpoint()) written ??= epochEnd?.checkpoint;
export const checkpoint = () => [written];

/** The tail of a score store's index over the rows of a log of `records`. */
export const scoreTail = (records) => {
  const tags = Buffer.concat(records.map((record) => record.subarray(0, 4)));
  const header = Buffer.alloc(32);
  header.write('MOPTAIL1', 'latin1');
  header.writeUInt32LE(records.length, 16);
  header.writeUInt32LE(records.at(-1).readUInt32LE(20), 20);
  header.writeUInt32LE(crc32(tags), 24);
  header.writeUInt32LE(crc32(header.subarray(0, 28)), 28);
  return new Uint8Array(Buffer.concat([header, tags]));
};
