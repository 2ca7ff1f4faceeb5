import { describe, expect, it } from '@jest/globals';
import { openEncoder } from '../../src/index.js';
import { readModelFolder } from '../../src/onnx/model-folder.js';
import { folderWith } from '../temporary-folder.js';

const files = { 'onnx/model_quantized.onnx': 'weights', 'tokenizer.json': '{"a":1}' };

const tokenizer = JSON.stringify({
  model: { type: 'WordPiece', vocab: { a: 0 }, unk_token: 'a' },
  pre_tokenizer: null,
  normalizer: null,
  post_processor: null,
  decoder: { type: 'WordPiece', prefix: '##' },
  added_tokens: [],
});

describe('readModelFolder', () => {
  it('falls back to mean pooling and 256 tokens', async () => {
    expect(await readModelFolder(folderWith(files))).toMatchObject({ pooling: 'mean', maxTokens: 256 });
  });
  it('takes pooling and length from the files that state them', async () => {
    const folder = folderWith({
      ...files,
      '1_Pooling/config.json': '{"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":false}',
      'sentence_bert_config.json': '{"max_seq_length":384}',
      'tokenizer_config.json': '{"model_max_length":512}',
    });
    expect(await readModelFolder(folder)).toMatchObject({ pooling: 'cls', maxTokens: 384 });
  });
  it('takes a shorter length from the tokenizer', async () => {
    expect(
      await readModelFolder(folderWith({ ...files, 'tokenizer_config.json': '{"model_max_length":128}' })),
    ).toMatchObject({ maxTokens: 128 });
  });
  it('prefers full precision, and a named file to that', async () => {
    const folder = folderWith({ ...files, 'onnx/model.onnx': 'full' });
    expect((await readModelFolder(folder)).weights).toMatch(/onnx.model\.onnx$/);
    expect((await readModelFolder(folder, 'onnx/model_quantized.onnx')).weights).toMatch(/model_quantized\.onnx$/);
  });
  it('fingerprints weights, the tensors beside them and tokenizer, wherever the folder is', async () => {
    const of = async (more: Record<string, string>) =>
      (await readModelFolder(folderWith({ ...files, ...more }))).fingerprint;
    const first = await of({});
    expect(await of({})).toBe(first);
    const others = [
      await of({ 'onnx/model_quantized.onnx': 'other' }),
      await of({ 'tokenizer.json': '{"a":2}' }),
      await of({ 'onnx/model_quantized.onnx_data': 'tensors' }),
      await of({ 'sentence_bert_config.json': '{"max_seq_length":64}' }),
    ];
    expect(new Set([first, ...others]).size).toBe(5);
  });
});

describe('a folder that cannot be used is refused in one sentence', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['without ONNX files', { 'config.json': '{}' }, /has no ONNX files: expected onnx\/model\.onnx/],
    ['without a tokenizer', { 'onnx/model.onnx': 'x' }, /has no tokenizer\.json/],
    ['with a broken tokenizer', { ...files, 'tokenizer.json': '{' }, /tokenizer\.json is not valid JSON/],
    ['with a tokenizer that is no object', { ...files, 'tokenizer.json': '3' }, /holds no JSON object/],
    [
      'with an unknown pooling',
      { ...files, '1_Pooling/config.json': '{"pooling_mode_lasttoken":true}' },
      /asks for the pooling lasttoken/,
    ],
    ['with a tokenizer of another kind', files, /tokenizer\.json for .* cannot be used \(Tokenizer must contain/],
    ['with broken weights', { ...files, 'tokenizer.json': tokenizer }, /model_quantized\.onnx could not be loaded/],
  ])('%s', async (_, content, message) => {
    const opening = openEncoder({ kind: 'onnx', model: folderWith(content) });
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toMatchObject({ code: 'model-files' });
  });
  it('that does not hold the file named, listing what it has', async () => {
    await expect(readModelFolder(folderWith(files), 'model_q4.onnx')).rejects.toThrow(
      /has no model_q4\.onnx; it has model_quantized\.onnx/,
    );
  });
  it('that has several files, none with a usual name', async () => {
    const folder = folderWith({ 'tokenizer.json': '{}', 'onnx/a.onnx': '', 'onnx/b.onnx': '' });
    await expect(readModelFolder(folder)).rejects.toThrow(
      /several ONNX files and none has a usual name; it has a\.onnx, b\.onnx/,
    );
  });
  it('that does not exist', async () => {
    await expect(openEncoder('onnx:/no/such/folder')).rejects.toThrow(/No model folder at \/no\/such\/folder/);
  });
});
