// Every parser of bytes from outside, with valid files to start from. A parser throws one of the project's own errors or returns.
import { join } from 'node:path';
import { ANSWER_TARGETS } from './answer-targets.mjs';
import { lay } from './lay.mjs';
import { RUN_TARGETS } from './run-targets.mjs';
import { asAsyncBuffer, chunksOf, drain } from './streams.mjs';
import * as seeds from './seeds.mjs';
import { loadConfig } from '../../packages/pipeline/src/config/load.ts';
import { readDelimited } from '../../packages/pipeline/src/data/tables/delimited.ts';
import { readTextLines } from '../../packages/pipeline/src/data/text/lines.ts';
import { readJsonLines } from '../../packages/pipeline/src/data/tables/jsonl.ts';
import { readMatrixFile } from '../../packages/pipeline/src/data/arrays/matrix-file.ts';
import { decodeNpy } from '../../packages/pipeline/src/data/arrays/npy.ts';
import { openParquet } from '../../packages/pipeline/src/data/parquet/parquet.ts';
import { loadRecords } from '../../packages/pipeline/src/data/records.ts';
import { surveyScoreLines } from '../../packages/pipeline/src/engines/score-file.ts';
import { readHolder } from '../../packages/pipeline/src/run-folder/lock.ts';
import { decodeManifest } from '../../packages/pipeline/src/run-folder/manifest.ts';
import { loadTemplate } from '../../packages/pipeline/src/context/text-files.ts';
import { decodeGate } from '../../packages/gating/src/index.ts';
import { cleanText } from '../../packages/synthesis/src/prompts/clean-text.ts';
import { personasFromFile } from '../../packages/synthesis/src/personas/persona-library.ts';
import { readEmbeddedModel } from '../../packages/encoder/src/embedded/files.ts';
import { readModelFiles } from '../../packages/encoder/src/onnx/model-files.ts';
import { openRowFile } from '../../packages/encoder/src/cache/row-file.ts';
import { openScoreStore } from '../../packages/llm/src/store/curve-store.ts';
import { readModelFolder } from '../../packages/llm/src/files/model-folder.ts';
import { selectPositions } from '../../packages/llm/src/onnx/onnx-graph.ts';
import { openTokenizer } from '../../packages/llm/src/tokenizing/tokenizer.ts';
import { openModelSource } from '../../packages/models/src/hub/source.ts';

const textOfBytes = (input) => new TextDecoder().decode(input);
const records = (name) => async (input, folder) => {
  const at = lay(join(folder, 'records'), { [name]: input });
  await loadRecords({ path: join(at, name) });
};
/** Reads an encoder's folder. */
const readEncoderFolder = async (model) => readModelFiles(await openModelSource(model), { model });
const encoderFolder = (files) => (folder) =>
  lay(folder, { 'onnx/model.onnx': seeds.onnxModel()[0], 'tokenizer.json': seeds.validTokenizer, ...files });

async function openStore(folder, files) {
  const store = await openScoreStore(lay(join(folder, 'scores'), files));
  try {
    store.get(new Uint8Array(16).fill(2));
    await store.append([
      { key: new Uint8Array(16).fill(9), curve: { tokens: 1, gap: 0, coefficients: new Float64Array(20) } },
    ]);
  } finally {
    await store.close();
  }
}

async function tokenize(folder, files) {
  const tokenizer = await openTokenizer({ path: lay(join(folder, 'model'), files), endTokens: [0] });
  tokenizer.encode('ab a b', { special: false });
}

export const TARGETS = {
  jsonl: { seeds: seeds.jsonl, parse: (input) => drain(readJsonLines(chunksOf(input), 'a.jsonl')) },
  csv: {
    seeds: () => seeds.delimited(','),
    parse: (input) => drain(readDelimited(chunksOf(input), 'a.csv', { delimiter: ',' })),
  },
  tsv: {
    seeds: () => seeds.delimited('\t'),
    parse: (input) => drain(readDelimited(chunksOf(input), 'a.tsv', { delimiter: '\t' })),
  },
  txt: { seeds: seeds.lines, parse: (input) => drain(readTextLines(chunksOf(input), 'a.txt')) },
  parquet: {
    seeds: seeds.parquet,
    parse: async (input) => drain((await openParquet(asAsyncBuffer(input), 'a.parquet')).rows),
  },
  'records-text': { seeds: seeds.encodedTexts, parse: records('a.csv') },
  'dataset-card': {
    seeds: seeds.datasetCards,
    parse: async (input, folder) =>
      loadRecords({ path: lay(join(folder, 'hub'), { 'README.md': input, 'train.csv': 'text,label\na,1\n' }) }),
  },
  'records-jsonl': { seeds: seeds.jsonl, parse: records('a.jsonl') },
  'records-csv': { seeds: () => seeds.delimited(','), parse: records('a.csv') },
  'records-parquet': { seeds: seeds.parquet, parse: records('a.parquet') },
  npy: { seeds: seeds.npy, parse: (input) => decodeNpy(input, 'a.npy') },
  npz: {
    seeds: seeds.npz,
    parse: (input, folder) => readMatrixFile(join(lay(join(folder, 'm'), { 'a.npz': input }), 'a.npz')),
  },
  'score-lines': {
    seeds: seeds.scoreLines,
    parse: (input, folder) => surveyScoreLines(join(lay(join(folder, 's'), { 'in.jsonl': input }), 'in.jsonl')),
  },
  'gate-weights': { seeds: seeds.gateWeights, parse: (weights) => decodeGate({ ...seeds.validGate, weights }) },
  'gate-description': {
    seeds: seeds.gateDescription,
    parse: (input) => decodeGate({ ...seeds.validGate, description: textOfBytes(input) }),
  },
  config: {
    seeds: seeds.configs,
    parse: (input, folder) =>
      loadConfig({ config: 'mop.yaml' }, { cwd: lay(join(folder, 'c'), { 'mop.yaml': input }) }),
  },
  template: {
    seeds: seeds.template,
    parse: (input, folder) =>
      loadTemplate({ templates: { file: join(lay(join(folder, 't'), { 't.json': input }), 't.json') }, simulate: {} }),
  },
  'personas-jsonl': { seeds: seeds.jsonl, parse: (input) => personasFromFile(textOfBytes(input), 'jsonl') },
  'personas-csv': { seeds: () => seeds.delimited(','), parse: (input) => personasFromFile(textOfBytes(input), 'csv') },
  'personas-txt': { seeds: seeds.lines, parse: (input) => personasFromFile(textOfBytes(input), 'txt') },
  manifest: { seeds: seeds.manifest, parse: (input) => decodeManifest('manifest.json', input) },
  lock: {
    seeds: seeds.lock,
    parse: (input, folder) => readHolder(join(lay(join(folder, 'l'), { 'run.lock': input }), 'run.lock')),
  },
  'onnx-graph': { seeds: seeds.onnxModel, parse: selectPositions, throws: 'RangeError' },
  tokenizer: { seeds: seeds.tokenizer, parse: (input, folder) => tokenize(folder, { 'tokenizer.json': input }) },
  'tokenizer-config': {
    seeds: seeds.tokenizerConfig,
    parse: (input, folder) =>
      tokenize(folder, { 'tokenizer.json': seeds.validTokenizer, 'tokenizer_config.json': input }),
  },
  'model-config': {
    seeds: seeds.generationConfig,
    parse: (input, folder) =>
      readModelFolder(
        lay(join(folder, 'model'), {
          'onnx/model.onnx': seeds.onnxModel()[0],
          'tokenizer.json': seeds.validTokenizer,
          'tokenizer_config.json': seeds.tokenizerConfig()[0],
          'config.json': input,
          'generation_config.json': input,
        }),
      ),
  },
  'encoder-tokenizer': {
    seeds: seeds.tokenizer,
    parse: (input, folder) => readEncoderFolder(encoderFolder({ 'tokenizer.json': input })(join(folder, 'e'))),
  },
  'encoder-configs': {
    seeds: seeds.encoderConfig,
    parse: (input, folder) =>
      readEncoderFolder(
        encoderFolder({
          'tokenizer_config.json': input,
          '1_Pooling/config.json': input,
          'sentence_bert_config.json': input,
        })(join(folder, 'e')),
      ),
  },
  'encoder-table': {
    seeds: seeds.tokenTable,
    parse: (input, folder) =>
      readEmbeddedModel(lay(join(folder, 'table'), { ...seeds.encoderFiles(), 'table.bin': input })),
  },
  'encoder-layers': {
    seeds: seeds.tokenLayers,
    parse: (input, folder) =>
      readEmbeddedModel(lay(join(folder, 'layers'), { ...seeds.encoderFiles(), 'layers.bin': input })),
  },
  'encoder-cache': {
    seeds: seeds.rowFile,
    parse: async (input, folder) => {
      const file = await openRowFile(
        join(lay(join(folder, 'cache'), { 'rows.bin': input }), 'rows.bin'),
        () => undefined,
      );
      await file.close();
    },
  },
  'score-log': { seeds: seeds.scoreLog, parse: (input, folder) => openStore(folder, { 'curves.bin': input }) },
  'score-index': {
    seeds: seeds.scoreIndex,
    parse: (input, folder) => openStore(folder, { 'curves.bin': seeds.scoreLog()[0], 'curves.index': input }),
  },
  'score-tail': {
    seeds: seeds.scoreTail,
    parse: (input, folder) => openStore(folder, { 'curves.bin': seeds.scoreLog()[0], 'curves.tail': input }),
  },
  'simulated-text': {
    seeds: seeds.lines,
    parse: (input) => cleanText(textOfBytes(input), { headings: ['News:'], singleLine: true }),
  },
  ...ANSWER_TARGETS,
  ...RUN_TARGETS,
};
