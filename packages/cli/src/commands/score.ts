import type { ServerOptions } from '@mixture-of-personas/llm';
import type { CommandModule } from 'yargs';
import { defineCommand, type CommandContext } from '../terminal/command-context.js';
import {
  BoundWidths,
  formatTable,
  realOpeners,
  type ScoreInput,
  scoreToFile,
  surveyScoreLines,
  widthsTable,
  UserError,
  type WidthSummary,
} from '@mixture-of-personas/pipeline';
import { widthOf } from '../terminal/io.js';
import { NUMBER, REQUIRED, TEXT } from './flag-kinds.js';

/** `mop score`: log-probabilities and their derivatives of completions, at any temperatures, from one pass each. */
export function scoreCommand(context: CommandContext): CommandModule {
  const { io, reporter, signal, openers = realOpeners } = context;
  return defineCommand({
    builder: (yargs) =>
      yargs
        .option('llm', { ...TEXT, describe: 'Language model, such as onnx:FOLDER-OR-HUB-ID or server:URL#MODEL' })
        .option('scorer', { ...TEXT, describe: 'Addresses of scoring servers, which need no --llm' })
        .option('input', {
          ...REQUIRED,
          describe: 'jsonl of {id, messages | prompt, completion, temperatures, endOfTurn}',
        })
        .option('output', { ...REQUIRED, describe: 'jsonl of {id, tokens, logProbabilities, derivatives, widths}' })
        .option('threads', { ...NUMBER, describe: 'Threads within the model' })
        .option('tokenizer', { ...TEXT, describe: 'For servers: folder or hub id of the tokenizer' })
        .option('topLogProbabilities', {
          ...NUMBER,
          describe: 'For servers: log-probabilities asked for at each token',
        })
        .option('maxWidth', {
          ...NUMBER,
          describe: 'For servers: nats per token that bounds on log p may lie apart before more are asked for',
        }),
    handler: async ({ llm, scorer, input, output, threads, tokenizer, topLogProbabilities, maxWidth }) => {
      if (llm === undefined && scorer === undefined)
        throw new UserError('bad-setting', 'No model is named.', { remedy: 'Give --llm, or --scorer with addresses.' });
      const survey = await surveyScoreLines(input);
      const onNotice = (sentence: string): void => reporter.info(sentence);
      const asked = { tokenizer, topLogProbabilities, maxWidth, scorer: scorer?.split(','), onNotice };
      const model = await openers.openLanguageModel(llm ?? 'scorer', threads, { ...asked, ...rangeOf(survey) });
      try {
        const progress = reporter.progress('score');
        const widths = new BoundWidths();
        const rows = await scoreToFile(input, {
          model,
          output,
          signal,
          onProgress: (done) => progress.update(done, survey.lines),
          onWidth: (width) => widths.add(width),
        });
        const passes = model.scoringPasses;
        const bounds = widths.summaries();
        const wrote = `Wrote ${output}: ${rows} rows from ${passes} forward passes.`;
        const data = { output, rows, passes, ...(bounds.length === 0 ? {} : { bounds }) };
        reporter.result(data, `${wrote}${boundsText(bounds, widthOf(io.stdout))}`);
      } finally {
        await model.close();
      }
    },
  });
}

/** A server's curves hold over a range around 1: no wider one is asked for than the lines need, as bounds widen with it. */
function rangeOf({ temperatures: [lowest, highest] }: ScoreInput): Pick<ServerOptions, 'temperatures'> {
  const range = [Math.min(1, lowest), Math.max(1, highest)] as const;
  return { temperatures: range[0] === range[1] ? 'fixed' : range };
}

function boundsText(bounds: readonly WidthSummary[], width: number): string {
  if (bounds.length === 0) return '';
  const caption =
    'The server tells its most probable tokens alone, so log p at other temperatures than 1 is known between bounds; the middle is written. Widths in nats.';
  return `\n\n${formatTable(widthsTable(bounds), width)}\n\n${caption}`;
}
