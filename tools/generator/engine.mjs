// An engine of language models, named before the colon in `--llm NAME:MODEL`, with its test and its row in the README.
import { camelCase, pascalCase, YOURS } from './changes.mjs';
import { engineSource } from './engine-source.mjs';

const test = (name) => `import { describe, expect, it } from '@jest/globals';
import { openLanguageModel } from '../src/index.js';

const prompt = { text: 'once' };
const request = (row: number, more: object = {}) => ({ prompt, temperature: 1, maxTokens: 6, seed: 5, row, ...more });

async function write(requests: ReturnType<typeof request>[]): Promise<string[]> {
  const model = await openLanguageModel('${name}:any');
  const texts: string[] = [];
  for await (const { index, text } of model.generate(requests)) texts[index] = text;
  return texts;
}

describe('the engine ${name}', () => {
  it('has probabilities that sum to one over what can stand next, at every temperature', async () => {
    const model = await openLanguageModel('${name}:any');
    const next = [...'abcdefghijklmnopqrstuvwxyz .', '\\u{1F40B}'];
    const curves = await model.score(next.map((completion) => ({ prompt, completion, endOfTurn: false })));
    curves.push(...(await model.score([{ prompt, completion: '' }])));
    for (const temperature of [0.5, 1, 2]) {
      const sum = curves.reduce((total, curve) => total + Math.exp(curve.logProbability(temperature)), 0);
      expect(sum).toBeCloseTo(1, 5);
    }
    expect(model.scoringPasses).toBe(curves.length);
  });

  it('has the derivative that differences give', async () => {
    const model = await openLanguageModel('${name}:any');
    const [curve] = await model.score([{ prompt, completion: 'a tide' }]);
    const slope = (curve.logProbability(0.801) - curve.logProbability(0.799)) / 0.002;
    expect(curve.derivative(0.8)).toBeCloseTo(slope, 3);
  });

  it('writes a text that depends on seed and row alone', async () => {
    const alone = await write([request(3)]);
    const among = await write([0, 1, 2, 3].map((row) => request(row)));
    expect(among[3]).toBe(alone[0]);
    expect(new Set(among).size).toBeGreaterThan(1);
  });

  it('writes the most probable text at temperature 0, and with a nucleus of one symbol', async () => {
    const rows = await write([0, 1].flatMap((row) => [request(row, { temperature: 0 }), request(row, { topP: 1e-9 })]));
    expect(new Set(rows).size).toBe(1);
  });

  it('refuses a choice without a model, and a nucleus above 1', async () => {
    await expect(openLanguageModel('${name}:')).rejects.toThrow('names no model');
    await expect(write([request(0, { topP: 2 })])).rejects.toThrow('topP');
  });
});
`;

const choice = (name, pascal) => `
/** A model of the engine ${name}. */
export interface ${pascal}Choice {
  readonly kind: '${name}';
  /** Text after the colon: ${YOURS}, such as a file. */
  readonly model: string;
}
`;

const parsing = (name) => `
  const [, ${camelCase(name)}] = /^${name}:(.*)$/s.exec(text) ?? [];
  if (${camelCase(name)} !== undefined) {
    if (${camelCase(name)}.trim() === '') throw new ModelError('choice', \`"\${text}" names no model; write one after "${name}:".\`);
    return { kind: '${name}', model: ${camelCase(name)} };
  }`;

/** Pages on which people read which engines there are. */
const LISTED = [
  'packages/llm/src/model/model-choice.ts',
  'packages/llm/src/open.ts',
  'packages/llm/README.md',
  'packages/pipeline/src/config/sections/models.ts',
];

/** @param {string} name in kebab case */
export function engine(name) {
  const pascal = pascalCase(name);
  const folder = 'packages/llm';
  const choiceFile = `${folder}/src/model/model-choice.ts`;
  const changes = [
    ...[choiceFile, 'packages/models/src/choice.ts'].map((path) => ({ path, free: new RegExp(`kind: '${name}'`) })),
    { path: `${folder}/src/${name}.ts`, create: engineSource(name, pascal) },
    { path: `${folder}/test/${name}.test.ts`, create: test(name) },
    { path: choiceFile, place: /(export type LanguageModelChoice = [^;]+);/, insert: `$1 | ${pascal}Choice;` },
    {
      path: choiceFile,
      place: /\n\/\*\*\n \* Reads a choice/,
      insert: () => `${choice(name, pascal)}\n/**\n * Reads a choice`,
    },
    { path: choiceFile, place: /\n {2}return parseModelChoice/, insert: (found) => parsing(name) + found },
    { path: choiceFile, place: /import \{ (?!ModelError)/, insert: 'import { ModelError, ' },
    ...LISTED.map((path) => ({
      path,
      place: /`onnx:FOLDER-OR-HUB-ID`/,
      insert: `$&, \`${name}:MODEL\``,
    })),
    { path: `${folder}/src/model/model-description.ts`, place: /(readonly engine: [^;]+);/, insert: `$1 | '${name}';` },
    {
      path: `${folder}/src/open.ts`,
      place: /\n {2}const \{ openOnnxModel \}/,
      insert: `\n  if (choice.kind === '${name}') {\n    const { open${pascal}Model } = await import('./${name}.js');\n    return open${pascal}Model(choice.model);\n  }$&`,
    },
    {
      path: `${folder}/src/index.ts`,
      place: /type LanguageModelChoice\b/,
      insert: `$&, type ${pascal}Choice`,
    },
    {
      path: `${folder}/README.md`,
      place: /(\| `openLanguageModel\(choice, options\)`[^\n]*)/,
      insert: `$1\n| \`openLanguageModel('${name}:MODEL')\` | ${YOURS}: what MODEL is, what it runs and needs |`,
    },
  ];
  return {
    changes,
    formulaIn: `${folder}/src/${name}.ts`,
    test: `npm test -w packages/llm -- ${name}`,
    use: `npm run mop -- score --llm ${name}:MODEL --input in.jsonl --output out.jsonl`,
  };
}
