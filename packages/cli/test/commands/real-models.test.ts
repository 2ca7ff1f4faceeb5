import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { decodeNpy } from '@mixture-of-personas/pipeline';
import { describeWithModels, modelPath } from '../../../pipeline/test/support/real-models.js';
import { scratch } from '../../../pipeline/test/support/scratch.js';
import { sharedPath } from '../../../pipeline/test/support/shared-data.js';
import { mop } from '../terminal.js';

/** Tolerance of the reference scores for other builds of onnxruntime, nats per token. */
const TOLERANCE = 0.02;

interface Scored {
  readonly messages: readonly object[];
  readonly completion: string;
  readonly completionTokens: number;
  readonly temperatures: Readonly<Record<string, { readonly logProb: number; readonly dLogProbDTemperature: number }>>;
}

describeWithModels('with real models', () => {
  it('mop score gives the reference log-probabilities at every temperature, one pass per line', async () => {
    const { cases } = JSON.parse(readFileSync(sharedPath('golden/models/smollm2-scores.json'), 'utf8')) as {
      cases: Scored[];
    };
    const temperatures = Object.keys(cases[0].temperatures).map(Number);
    const lines = cases.map(
      ({ messages, completion }, id) => `${JSON.stringify({ id, messages, completion, temperatures })}\n`,
    );
    const folder = await scratch({ 'in.jsonl': lines.join('') });
    const output = join(folder, 'out.jsonl');
    const model = `onnx:${modelPath('SmolLM2-135M-Instruct')}`;
    const { code, stdout } = await mop([
      'score',
      '--llm',
      model,
      '--input',
      join(folder, 'in.jsonl'),
      '--output',
      output,
      '--threads',
      '1',
      '--json',
    ]);
    expect([code, (JSON.parse(stdout) as { data: object }).data]).toMatchObject([
      0,
      { rows: cases.length, passes: cases.length },
    ]);
    const rows = (await readFile(output, 'utf8')).trimEnd().split('\n');
    cases.forEach((expected, i) => {
      const row = JSON.parse(rows[i]) as { tokens: number; logProbabilities: number[]; derivatives: number[] };
      expect(row.tokens).toBe(expected.completionTokens);
      Object.values(expected.temperatures).forEach(({ logProb }, t) => {
        expect(Math.abs(row.logProbabilities[t] - logProb)).toBeLessThanOrEqual(TOLERANCE * expected.completionTokens);
      });
    });
  }, 300_000);

  it('mop embed gives the reference embeddings', async () => {
    const { cases } = JSON.parse(readFileSync(sharedPath('golden/models/minilm-embeddings.json'), 'utf8')) as {
      cases: { text: string; embedding: number[] }[];
    };
    const usable = cases.filter(({ text }) => text.trim() !== '');
    const folder = await scratch({ 'in.jsonl': usable.map(({ text }) => `${JSON.stringify({ text })}\n`).join('') });
    const output = join(folder, 'out.npy');
    const encoder = `onnx:${modelPath('all-MiniLM-L6-v2')}`;
    const words = [
      'embed',
      '--encoder',
      encoder,
      '--input',
      join(folder, 'in.jsonl'),
      '--output',
      output,
      '--normalize',
      '--threads',
      '1',
    ];
    expect(await mop(words)).toMatchObject({ code: 0 });
    const matrix = decodeNpy(await readFile(output), output);
    usable.forEach(({ embedding }, i) => {
      const norm = Math.hypot(...embedding);
      const cosine = embedding.reduce((sum, value, j) => sum + (value * matrix.data[i * matrix.cols + j]) / norm, 0);
      expect(cosine).toBeGreaterThan(0.999);
    });
  }, 120_000);
});
