import { describe, expect, it } from '@jest/globals';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MopError, rowOf } from '@mixture-of-personas/numeric';
import { openEncoder } from '../../src/index.js';
import { folderWith } from '../temporary-folder.js';
import { ACTIVATIONS, dense, folderOf, LINEAR, meanOf, POOLED, unit, type Files } from './tiny-folder.js';
import { modulesJson, tinyModel, TOKENIZER } from './tiny-model.js';

/** The table that docs/compatibility.md prints; `MOP_REFRESH=1` writes it again. */
const TABLE = fileURLToPath(new URL('../../../../docs/compatibility/encoders.json', import.meta.url));
const FORMULAS = 'sentence-transformers 6.2.0 (formulas)';

interface Row {
  readonly kind: string;
  readonly case: string;
  /** `works`, or `refused: ` and the sentence. */
  readonly result: string;
  readonly reference: string;
}

interface Case extends Omit<Row, 'result'> {
  readonly folder: () => string;
  /** Settings of the choice, such as `?normalize=false`. */
  readonly settings?: string;
  readonly text: string;
  /** The row by the formula; a refusal where there is none. */
  readonly right?: readonly number[];
  /** Whether the text is longer than the model's maximum. */
  readonly cut?: boolean;
}

const of =
  (kind: string, reference = FORMULAS) =>
  (name: string, files: Files, right?: readonly number[], more: Partial<Case> = {}): Case => ({
    kind,
    case: name,
    reference,
    folder: () => folderOf(files),
    text: 'a b',
    ...(right === undefined ? {} : { right }),
    ...more,
  });
const [module, prompt, length] = [of('encoder module'), of('encoder prompt'), of('encoder length')];
const external = of('ONNX external data', 'onnxruntime 1.30.0');

const pooling = (config: object): Files => ({
  'modules.json': modulesJson('Transformer', 'Pooling'),
  '1_Pooling/config.json': JSON.stringify(config),
});
const { 'modules.json': list = '', '2_Dense/config.json': config = '' } = dense();
const modules = (...types: readonly string[]): Files => ({ 'modules.json': modulesJson(...types) });
const prompts = (name: string): Files => ({
  'config_sentence_transformers.json': JSON.stringify({ prompts: { query: 'q: ' }, default_prompt_name: name }),
});
const { model, table } = tinyModel('weights.bin');

const MODULES: readonly Case[] = [
  ...Object.entries(POOLED).map(([mode, right]) => module(`Pooling ${mode}`, pooling({ pooling_mode: mode }), right)),
  module(
    'several Pooling modes joined',
    pooling({ pooling_mode_mean_tokens: true, pooling_mode_cls_token: true, pooling_mode_lasttoken: true }),
    [...POOLED.cls, ...POOLED.mean, ...POOLED.lasttoken],
  ),
  module(
    'Pooling without the prompt (include_prompt)',
    pooling({ pooling_mode: 'mean', include_prompt: false }),
    meanOf(2, 3, 5),
    { settings: '?prompt=q:', text: ' a b' },
  ),
  module('no modules.json and no Pooling: the mean', {}, POOLED.mean),
  module('another Pooling mode', pooling({ pooling_mode_attention_tokens: true })),
  ...ACTIVATIONS.map(([name, f]) =>
    module(
      `Dense with ${name}, safetensors`,
      dense({ activation_function: `torch.nn.modules.activation.${name}` }),
      LINEAR.map(f),
      { settings: '?normalize=false' },
    ),
  ),
  module('Dense with another activation', dense({ activation_function: 'torch.nn.modules.activation.GELU' })),
  module('Dense with use_residual', dense({ use_residual: true })),
  module('Dense with another input', dense({ module_input_name: 'token_embeddings' })),
  module('Dense in pytorch_model.bin', {
    'modules.json': list,
    '2_Dense/config.json': config,
    '2_Dense/pytorch_model.bin': 'pickle',
  }),
  module('Normalize', modules('Transformer', 'Pooling', 'Normalize'), unit(POOLED.mean)),
  module('Dropout', modules('Transformer', 'Pooling', 'Dropout'), POOLED.mean),
  module('LSTM', modules('Transformer', 'Pooling', 'LSTM')),
  module('StaticEmbedding', modules('StaticEmbedding')),
  module("the model's own code", modules('Transformer', 'Pooling', 'custom.Dense')),
];

const PROMPTED = meanOf(1, 4, 2, 3, 5);
const SETTINGS: readonly Case[] = [
  prompt('default_prompt_name', prompts('query'), PROMPTED),
  prompt('a prompt by name', prompts(''), PROMPTED, { settings: '?prompt=query' }),
  prompt('a prompt as text', prompts(''), PROMPTED, { settings: '?prompt=q:%20' }),
  prompt('none', prompts('query'), POOLED.mean, { settings: '?prompt=' }),
  prompt('a default that is not among the prompts', prompts('missing')),
  ...(
    [
      ['max_seq_length', 'sentence_bert_config.json'],
      ['model_max_length', 'tokenizer_config.json'],
      ['max_position_embeddings', 'config.json'],
    ] as const
  ).map(([key, file]) => length(key, { [file]: `{"${key}":4}` }, POOLED.mean, { text: 'a b a a', cut: true })),
  length('do_lower_case', { 'sentence_bert_config.json': '{"do_lower_case":true}' }, POOLED.mean, { text: 'A B' }),
];

/** Folder of a snapshot in a hub cache. */
function linkedFolder(): string {
  const snapshot = 'snapshots/c';
  const folder = folderWith({ 'blobs/a1': model, 'blobs/b2': table, [`${snapshot}/tokenizer.json`]: TOKENIZER });
  mkdirSync(join(folder, snapshot, 'onnx'));
  symlinkSync('../../../blobs/a1', join(folder, snapshot, 'onnx/model.onnx'));
  symlinkSync('../../../blobs/b2', join(folder, snapshot, 'onnx/weights.bin'));
  return join(folder, snapshot);
}
const EXTERNAL: readonly Case[] = [
  external('any file name', { 'onnx/model.onnx': model, 'onnx/weights.bin': table }, POOLED.mean),
  external('behind the links of a hub cache', {}, POOLED.mean, { folder: linkedFolder }),
  external('a file that is not there', { 'onnx/model.onnx': model }),
  external("outside the model's folder", {
    'onnx/model.onnx': tinyModel('../weights.bin').model,
    'weights.bin': table,
  }),
];

async function resultOf({ folder: make, settings = '', text, right, cut = false }: Case): Promise<string> {
  const folder = make();
  try {
    const encoder = await openEncoder(`onnx:${folder}${settings}`);
    const row = [...rowOf(await encoder.embed([text]), 0)];
    await encoder.close();
    expect(row).toHaveLength(right?.length ?? 0);
    row.forEach((value, d) => expect(value).toBeCloseTo(right?.[d] ?? NaN, 5));
    expect(encoder.truncated).toBe(cut ? 1 : 0);
    return 'works';
  } catch (error) {
    if (!(error instanceof MopError)) throw error;
    return `refused: ${error.message}`.replaceAll(`${folder}/`, '').replaceAll(folder, 'FOLDER');
  }
}

const CASES = [...MODULES, ...SETTINGS, ...EXTERNAL];
const rows: Row[] = [];

describe('sentence encoders', () => {
  it.each(CASES.map((each) => [`${each.kind}: ${each.case}`, each] as const))('%s', async (_, each) => {
    const result = await resultOf(each);
    rows.push({ kind: each.kind, case: each.case, result, reference: each.reference });
    expect(result).toMatch(each.right === undefined ? /^refused: / : /^works$/);
  });
});

describe('docs/compatibility/encoders.json', () => {
  it('has a row for each case above, with what became of it', () => {
    expect(rows).toHaveLength(CASES.length);
    if (process.env['MOP_REFRESH'] === '1') writeFileSync(TABLE, `${JSON.stringify(rows, null, 2)}\n`);
    expect(rows).toEqual(JSON.parse(readFileSync(TABLE, 'utf8')));
  });
});
