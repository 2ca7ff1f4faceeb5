import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openLanguageModel } from '../../src/index.js';
import { fieldsOf, joinBytes, lengthDelimited, numberField, textField } from '@mixture-of-personas/models';

const EMBEDDED = resolve(import.meta.dirname, '../../embedded');
const INT64 = 7;

/** The embedded model with one more int64 input, which nothing reads. */
function withInput(name: string, dims: readonly number[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'mop-inputs-'));
  cpSync(EMBEDDED, folder, { recursive: true });
  const path = join(folder, 'onnx/model_quantized.onnx');
  const shape = lengthDelimited(
    2,
    dims.map((dim) => lengthDelimited(1, [numberField(1, dim)])),
  );
  const type = lengthDelimited(2, [lengthDelimited(1, [numberField(1, INT64), shape])]);
  const input = lengthDelimited(11, [textField(1, name), type]);
  const edited = fieldsOf(readFileSync(path)).map((field) =>
    field.number === 7 ? lengthDelimited(7, [field.content, input]) : field.bytes,
  );
  writeFileSync(path, joinBytes(edited));
  return folder;
}

describe('a graph', () => {
  const request = { prompt: { text: 'Fellow citizens of the ' }, completion: 'Senate, and of the House.' };
  it.each([
    ['num_logits_to_keep', []],
    ['logits_to_keep', [1]],
  ])('that takes %s gives the logits of all positions', async (name, dims) => {
    const [plain, other] = await Promise.all(
      [EMBEDDED, withInput(name, dims)].map((folder) => openLanguageModel(`onnx:${folder}`, { threads: 1 })),
    );
    const [[expected], [curve]] = [await plain.score([request]), await other.score([request])];
    expect(curve.logProbability(0.7)).toBe(expected.logProbability(0.7));
    expect(other.fingerprint).not.toBe(plain.fingerprint);
    await Promise.all([plain.close(), other.close()]);
  });

  it('that takes an input of another name is refused by it', async () => {
    await expect(openLanguageModel(`onnx:${withInput('speaker', [1])}`, { threads: 1 })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('"speaker"') as unknown,
    });
  });
});
