// Small valid files of every kind, made here so that none has to be kept.
import { crc32, gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { encodeNpy } from '../../packages/pipeline/src/data/arrays/npy.ts';
import { encodeManifest } from '../../packages/pipeline/src/run-folder/manifest.ts';
import { starterConfig } from '../../packages/pipeline/src/config/starter.ts';
import { encodeGate, initialGate } from '../../packages/gating/src/index.ts';
import { CurveIndex } from '../../packages/llm/src/store/curve-index.ts';
import { encodeRecord, storeHeader } from '../../packages/llm/src/store/curve-record.ts';
import { lengthDelimited, numberField, textField } from '../../packages/models/src/onnx/protobuf.ts';
import { scoreTail as tailOf } from './run-seeds.mjs';
import { templateFor } from '../../packages/synthesis/src/index.ts';

export const utf8 = (text) => new TextEncoder().encode(text);
const json = (value) => utf8(JSON.stringify(value));
const rows = [
  { id: 'a', text: 'The market rises again', label: 'Business', context: 'news', persona: 'a trader' },
  { id: 'b', text: 'Glaciers, "old" and new,\nmelt', label: 'Sci/Tech', context: 'blog', persona: 'a geologist' },
];

export const jsonl = () => [utf8(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))];

export const delimited = (delimiter) => {
  const quoted = (value) => (delimiter === ',' ? `"${value.replaceAll('"', '""')}"` : value.replace(/[\t\n]/g, ' '));
  const lines = [Object.keys(rows[0]), ...rows.map((row) => Object.values(row))];
  return [utf8(lines.map((line) => `${line.map(quoted).join(delimiter)}\n`).join(''))];
};

export const lines = () => [utf8('a first line\na second\r\n\nwith ünïcode 🌍\n')];

/** A table as gzip, UTF-16 and a spreadsheet export. */
export const encodedTexts = () => {
  const text = new TextDecoder().decode(delimited(',')[0]);
  const sixteen = Buffer.from(`\uFEFF${text}`, 'utf16le');
  return [gzipSync(text), sixteen, Buffer.from(sixteen).swap16(), utf8('sep=;\r\ntext;label\r\na;b\r\n')];
};

export const datasetCards = () => [
  utf8(
    '---\nconfigs:\n- config_name: default\n  data_files:\n  - {split: train, path: "*.csv"}\ndataset_info:\n  features:\n' +
      "  - name: label\n    dtype: {class_label: {names: {'0': neg, '1': pos}}}\n---\n",
  ),
];

export const parquet = () =>
  ['UNCOMPRESSED', 'SNAPPY'].map((codec) => {
    const columnData = Object.keys(rows[0]).map((name) => ({
      name,
      data: rows.map((row) => row[name]),
      type: 'STRING',
    }));
    return new Uint8Array(parquetWriteBuffer({ columnData, codec }));
  });

const matrix = { data: Float32Array.of(1.5, -2, 3, 0.25, 5, 65504), rows: 2, cols: 3 };
export const npy = () => [encodeNpy(matrix)];

/** A zip archive of one stored entry. */
export const npz = () => {
  const content = encodeNpy(matrix);
  const name = utf8('embeddings.npy');
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(content.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, content]);
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, Buffer.alloc(14), name]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return [new Uint8Array(Buffer.concat([local, central, end]))];
};

const gate = () =>
  encodeGate(initialGate({ d: 3, hidden: 2, personas: 2, temperature: 0.6 }, { similarity: 1 }), {
    input: 'record',
    encoder: 'fake',
    center: new Float64Array(3),
  });
export const gateWeights = () => [gate().weights];
export const gateDescription = () => [utf8(gate().description)];
export const validGate = gate();

const node = (type, inputs, output) =>
  lengthDelimited(1, [...inputs.map((name) => textField(1, name)), textField(2, output), textField(4, type)]);
export const onnxModel = () => [
  lengthDelimited(7, [
    node('MatMul', ['hidden', 'w'], 'logits'),
    lengthDelimited(5, [
      numberField(1, 2),
      numberField(1, 3),
      numberField(2, 1),
      textField(8, 'w'),
      lengthDelimited(9, [new Uint8Array(24)]),
    ]),
    lengthDelimited(11, [textField(1, 'hidden')]),
    lengthDelimited(12, [textField(1, 'logits')]),
  ]),
];

const tokenizerJson = {
  version: '1.0',
  added_tokens: [
    { id: 0, content: '</s>', special: true, single_word: false, lstrip: false, rstrip: false, normalized: false },
  ],
  normalizer: { type: 'NFC' },
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: null,
  decoder: { type: 'ByteLevel' },
  model: { type: 'BPE', vocab: { '</s>': 0, a: 1, b: 2, ab: 3, Ġ: 4 }, merges: ['a b'] },
};
export const tokenizer = () => [json(tokenizerJson)];
export const tokenizerConfig = () => [
  json({
    eos_token: '</s>',
    chat_template: "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}",
  }),
];
export const validTokenizer = json(tokenizerJson);
export const generationConfig = () => [json({ eos_token_id: [0, 2], max_position_embeddings: 512 })];
export const encoderConfig = () => [
  json({ hidden_size: 3, max_position_embeddings: 32, word_embedding_dimension: 3, pooling_mode_mean_tokens: true }),
];

export const template = () => [json(templateFor('generic'))];
export const manifest = () => [
  utf8(
    encodeManifest({
      format: 1,
      config: { seed: 1 },
      versions: {},
      fingerprints: {},
      stages: { fit: { 'gate.json': 'ab' } },
    }),
  ),
];
export const lock = () => [json({ pid: 1, host: 'here', since: '2026-01-01T00:00:00.000Z' })];
export const configs = () => [
  utf8(starterConfig({ population: { path: 'records.jsonl' } })),
  utf8('population:\n  path: a.jsonl\n  records: 10\nllm: { model: "onnx:x" }\ngate: { topM: 4 }\n'),
];
export const scoreLines = () => [
  utf8(
    '{"id":1,"prompt":"a","completion":"b","temperatures":[0.6,1]}\n{"messages":[{"role":"user","content":"a"}],"completion":"c"}\n',
  ),
];

const curve = { tokens: 3, gap: -1, coefficients: new Float64Array(20).fill(0.1) };
const records = [1, 2, 3].map((i) => encodeRecord(new Uint8Array(16).fill(i), curve));
export const scoreLog = () => [new Uint8Array(Buffer.concat([storeHeader(), ...records]))];
export const scoreTail = () => [tailOf(records)];
export const scoreIndex = () => {
  const index = new CurveIndex();
  records.forEach((record) => index.add(record.subarray(0, 16), () => false));
  return [new Uint8Array(Buffer.concat(index.encode(records[2].readUInt32LE(20))))];
};
const sum = (bytes) => {
  const check = Buffer.alloc(4);
  check.writeUInt32LE(crc32(bytes));
  return Buffer.concat([bytes, check]);
};
/** A cache of embeddings three wide, with two rows. */
export const rowFile = (cols = 3) => {
  const header = Buffer.alloc(12);
  header.write('MOPEMB01', 'latin1');
  header.writeUInt32LE(cols, 8);
  const row = (fill) => sum(Buffer.concat([Buffer.alloc(32, fill), Buffer.alloc(12, fill)]));
  return [new Uint8Array(Buffer.concat([sum(header), row(1), row(2)]))];
};
/** A table of two rows, 16 wide, and layers of rank and width 4 that belong to it. */
export const tokenTable = () => {
  const bytes = Buffer.alloc(8 + 2 * 4 + 2 * 16);
  bytes.writeUInt32LE(2, 0);
  bytes.writeUInt32LE(16, 4);
  return [new Uint8Array(bytes)];
};
export const tokenLayers = () => {
  const bytes = Buffer.alloc(12 + 4 * (16 * 16 + 12));
  [16, 4, 4].forEach((number, i) => bytes.writeUInt32LE(number, 4 * i));
  return [new Uint8Array(bytes)];
};
/** The files of an embedded encoder with two pieces. */
export const encoderFiles = () => ({
  'table.bin': tokenTable()[0],
  'layers.bin': tokenLayers()[0],
  'vocabulary.txt': '[UNK]\na\n',
});
