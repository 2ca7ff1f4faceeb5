import type { CommandModule } from 'yargs';
import { defineCommand, type CommandContext } from '../command-context.js';
import { countScoreLines, scoreToFile } from '../data/score-file.js';
import { realOpeners } from '../model-openers.js';
import { NUMBER, REQUIRED } from './flag-kinds.js';

interface ScoreArguments {
  readonly llm: string;
  readonly input: string;
  readonly output: string;
  readonly threads: number | undefined;
}

/** `mop score`: log-probabilities and their derivatives of completions, at any temperatures, from one pass each. */
export function scoreCommand(context: CommandContext): CommandModule {
  const { reporter, signal, openers = realOpeners } = context;
  return defineCommand<ScoreArguments>({
    command: 'score',
    describe: 'Log-probabilities of completions at the temperatures asked for',
    builder: (yargs) =>
      yargs
        .option('llm', { ...REQUIRED, describe: 'Language model, such as onnx:FOLDER-OR-HUB-ID' })
        .option('input', {
          ...REQUIRED,
          describe: 'jsonl of {id, messages | prompt, completion, temperatures, endOfTurn}',
        })
        .option('output', { ...REQUIRED, describe: 'jsonl of {id, tokens, logProbabilities, derivatives}' })
        .option('threads', { ...NUMBER, describe: 'Threads within the model' }),
    handler: async ({ llm, input, output, threads }) => {
      const total = await countScoreLines(input);
      const model = await openers.openLanguageModel(llm, threads);
      try {
        const progress = reporter.progress('score');
        const rows = await scoreToFile(input, {
          model,
          output,
          signal,
          onProgress: (done) => progress.update(done, total),
        });
        const passes = model.scoringPasses;
        reporter.result({ output, rows, passes }, `Wrote ${output}: ${rows} rows from ${passes} forward passes.`);
      } finally {
        await model.close();
      }
    },
  });
}
