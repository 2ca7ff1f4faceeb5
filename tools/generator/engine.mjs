// An engine of language models, named before the colon in `--llm NAME:MODEL`, with its test and its row in the README.
import { pascalCase } from './changes.mjs';

const source = (name, pascal) => `import { createHash } from 'node:crypto';
import { randomFor } from '@mixture-of-personas/numeric';
import type { GenerateRequest, Generation, ScoreCurve, ScoreRequest } from './language-model.js';
import type { DescribedModel } from './model-description.js';

/** Every byte and the end of the turn are equally likely, whatever the prompt: the least that a model can know. Put yours in its place. */
const SYMBOLS = 257;

function curveOf({ completion, endOfTurn = true }: ScoreRequest): ScoreCurve {
  const tokens = new TextEncoder().encode(completion).length + Number(endOfTurn);
  // Equal logits stay equal at every temperature.
  return { tokens, logProbability: () => -tokens * Math.log(SYMBOLS), derivative: () => 0 };
}

function textOf({ seed, row, maxTokens }: GenerateRequest): string {
  const random = randomFor(seed, 'generate', row);
  return String.fromCharCode(...Array.from({ length: maxTokens }, () => 97 + Math.floor(random() * 26)));
}

/**
 * Opens a model of the engine ${name}.
 * @param model what stands after the colon
 */
export function open${pascal}Model(model: string): DescribedModel {
  const fingerprint = createHash('sha256').update(\`${name}:\${model}\`).digest('hex');
  let passes = 0;
  return {
    id: \`${name}:\${model}\`,
    fingerprint,
    get scoringPasses() {
      return passes;
    },
    description: { engine: '${name}', model, files: [], fingerprint, threads: 1, device: 'cpu', contextTokens: undefined },
    score(requests, { signal } = {}) {
      signal?.throwIfAborted();
      passes += requests.length;
      return Promise.resolve(requests.map(curveOf));
    },
    async *generate(requests, { signal } = {}): AsyncGenerator<Generation> {
      for (const [index, request] of requests.entries()) {
        signal?.throwIfAborted();
        const text = await Promise.resolve(textOf(request));
        yield { index, text, tokens: text.length, finish: 'length' };
      }
    },
    close: () => Promise.resolve(),
  };
}
`;

const test = (name) => `import { describe, expect, it } from '@jest/globals';
import { openLanguageModel } from '../src/index.js';

const prompt = { text: 'once' };
const request = (row: number) => ({ prompt, temperature: 1, maxTokens: 6, seed: 5, row });

describe('the engine ${name}', () => {
  it('has probabilities that sum to one over completions of one symbol', async () => {
    const model = await openLanguageModel('${name}:any');
    const letters = Array.from({ length: 128 }, (_, i) => String.fromCharCode(i));
    const curves = await model.score(letters.map((completion) => ({ prompt, completion, endOfTurn: false })));
    const [end] = await model.score([{ prompt, completion: '' }]);
    const total = curves.reduce((sum, curve) => sum + Math.exp(curve.logProbability(0.7)), Math.exp(end.logProbability(0.7)));
    expect(total).toBeCloseTo(129 / 257, 12); // the other 128 bytes are no characters of their own
    expect(model.scoringPasses).toBe(129);
  });

  it('has the derivative that differences give', async () => {
    const model = await openLanguageModel('${name}:any');
    const [curve] = await model.score([{ prompt, completion: 'a tide' }]);
    const slope = (curve.logProbability(0.801) - curve.logProbability(0.799)) / 0.002;
    expect(curve.derivative(0.8)).toBeCloseTo(slope, 6);
  });

  it('writes a text that depends on seed and row alone', async () => {
    const model = await openLanguageModel('${name}:any');
    const write = async (rows: number[]): Promise<Map<number, string>> => {
      const texts = new Map<number, string>();
      for await (const { index, text } of model.generate(rows.map(request))) texts.set(rows[index], text);
      return texts;
    };
    expect((await write([3, 1])).get(3)).toBe((await write([0, 1, 2, 3])).get(3));
  });
});
`;

const choice = (name, pascal) => `
/** A model of the engine ${name}. */
export interface ${pascal}Choice {
  readonly kind: '${name}';
  /** What stands after the colon. */
  readonly model: string;
}
`;

/** @param {string} name in kebab case */
export function engine(name) {
  const pascal = pascalCase(name);
  const folder = 'packages/llm';
  const choiceFile = `${folder}/src/model-choice.ts`;
  const changes = [
    { path: `${folder}/src/${name}.ts`, create: source(name, pascal) },
    { path: `${folder}/test/${name}.test.ts`, create: test(name) },
    { path: choiceFile, place: /(export type LanguageModelChoice = [^;]+);/, insert: `$1 | ${pascal}Choice;` },
    { path: choiceFile, place: /\n\/\*\*\n \* Reads a choice/, insert: `${choice(name, pascal)}$&` },
    {
      path: choiceFile,
      place: /\n {2}if \(kind !== 'onnx'\)/,
      insert: `\n  if (kind === '${name}') return { kind, model };$&`,
    },
    { path: `${folder}/src/model-description.ts`, place: /(readonly engine: [^;]+);/, insert: `$1 | '${name}';` },
    {
      path: `${folder}/src/open.ts`,
      place: /\n {2}const \{ openOnnxModel \}/,
      insert: `\n  if (choice.kind === '${name}') {\n    const { open${pascal}Model } = await import('./${name}.js');\n    return open${pascal}Model(choice.model);\n  }$&`,
    },
    {
      path: `${folder}/src/index.ts`,
      place: /(\n {2}type LanguageModelChoice,)/,
      insert: `$1\n  type ${pascal}Choice,`,
    },
    {
      path: `${folder}/README.md`,
      place: /(\| export [^\n]*\n\|[^\n]*)/,
      insert: `$1\n| \`openLanguageModel('${name}:MODEL')\` | the engine ${name}: say here what it runs and what it needs |`,
    },
  ];
  return { changes, formulaIn: `${folder}/src/${name}.ts`, check: 'npm test -w packages/llm -- ' + name, after: [] };
}
