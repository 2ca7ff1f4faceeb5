// A process that runs a small job, to be killed: node … job-child.ts CONFIG.json MILLISECONDS-A-PAIR|real-model
// Notes and the error go to stderr as a person reads them; MOP_ANSWERS names a file that counts what the model answered.
import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { MopConfig } from '../../src/config/schema.js';
import { problemOf } from '../../src/errors.js';
import { realOpeners, type ModelOpeners, type OpenedModel } from '../../src/engines/model-openers.js';
import { runPipeline } from '../../src/job/run-pipeline.js';
import { fakeOpeners } from '../support/fake-engines.js';

const [configPath, engine] = process.argv.slice(2);
const config = JSON.parse(await readFile(configPath, 'utf8')) as MopConfig;
const answers = process.env['MOP_ANSWERS'] ?? '';

/** A model whose answers are counted, a letter each. */
function counted(model: OpenedModel): OpenedModel {
  return {
    ...model,
    get scoringPasses() {
      return model.scoringPasses;
    },
    score: async (requests, options) => {
      const curves = await model.score(requests, options);
      appendFileSync(answers, 's'.repeat(curves.length));
      return curves;
    },
    async *generate(requests, options) {
      for await (const text of model.generate(requests, options)) {
        appendFileSync(answers, 't');
        yield text;
      }
    },
  };
}

function openers(): ModelOpeners {
  if (engine === 'real-model') {
    return { ...fakeOpeners(), openLanguageModel: (model, threads) => realOpeners.openLanguageModel(model, threads) };
  }
  const fakes = fakeOpeners(Number(engine));
  if (answers === '') return fakes;
  return { ...fakes, openLanguageModel: async (model) => counted(await fakes.openLanguageModel(model)) };
}

try {
  await runPipeline(config, {
    reporter: {
      note: (text) => process.stderr.write(`${text}\n`),
      progress: () => undefined,
      table: () => undefined,
    },
    signal: new AbortController().signal,
    openers: openers(),
  });
} catch (error) {
  const { code, message, suggestion } = problemOf(error);
  const details = code === 'internal' && error instanceof Error ? `\n${error.stack ?? ''}` : '';
  process.stderr.write(`${message}${suggestion === undefined ? '' : ` ${suggestion}`}${details}\n`);
  process.exitCode = 1;
}
