import { availableParallelism } from 'node:os';
import type { Argv, CommandModule } from 'yargs';
import {
  evaluateSets,
  METRIC_NAMES,
  type EvaluatedSets,
  type Evaluation,
  type MetricName,
} from '@mixture-of-personas/metrics';
import { defineCommand, type CommandContext } from '../terminal/command-context.js';
import { crossed, figuresText, loadSets, metricsOf, thresholdOf } from '@mixture-of-personas/pipeline';
import { EXIT } from '../terminal/exit-codes.js';
import { widthOf } from '../terminal/io.js';
import { FORMAT, NUMBER, REQUIRED, SWITCH, TEXT } from './flag-kinds.js';

/** Metrics that need what those chosen by `defaultMetrics` do, which are known once the sets are read. */
const USUAL: readonly MetricName[] = ['frechet', 'mauve', 'cosine-kl'];

/** `mop evaluate`: how close one set of texts or embeddings is to another; needs no configuration and no run folder. */
export function evaluateCommand(context: CommandContext): CommandModule {
  const { reporter, io } = context;
  return defineCommand({
    builder: evaluateOptions,
    handler: async (argv) => {
      const thresholds = (argv['fail-if'] ?? []).map(thresholdOf);
      const asked = argv.metrics === undefined ? undefined : metricsOf(argv.metrics);
      const limited = thresholds.map(({ metric }) => metric);
      const sets = await loadSets(argv, [...new Set([...(asked ?? USUAL), ...limited])], context);
      const usual = asked === undefined ? await figuresOf(sets, undefined, argv, context) : {};
      const others = [...new Set([...(asked ?? []), ...limited])].filter((metric) => usual[metric] === undefined);
      const figures = { ...usual, ...(others.length === 0 ? {} : await figuresOf(sets, others, argv, context)) };
      for (const sentence of crossed(thresholds, figures)) {
        reporter.warn(sentence);
        context.exitWith(EXIT.threshold);
      }
      const data = Object.fromEntries(
        Object.entries(figures).map(([name, figure]) => [name, { ...figure, name: undefined }]),
      );
      reporter.result(data, figuresText(figures, widthOf(io.stdout)));
    },
  });
}

/** The flags of `mop evaluate`. */
function evaluateOptions(yargs: Argv) {
  const sets = 'jsonl, csv, tsv, parquet, txt, a folder of texts, or embeddings as .npy, .npz or .npz#array';
  return yargs
    .option('synthetic', { ...REQUIRED, describe: `Texts to judge: ${sets}` })
    .option('golden', { ...REQUIRED, describe: 'What they should be like, in the same forms' })
    .option('exemplars', { ...TEXT, describe: 'Texts that stood in prompts; leak needs them' })
    .option('encoder', { ...TEXT, describe: 'Text encoder for texts, such as onnx:FOLDER-OR-HUB-ID' })
    .option('metrics', {
      ...TEXT,
      describe: `Figures, separated by commas: ${METRIC_NAMES.join(', ')}; frechet (kid where rows are few), mauve, cosine-kl when absent`,
    })
    .option('mauve', {
      choices: ['library', 'paper'] as const,
      default: 'library' as const,
      describe: 'Buckets and scaling of MAUVE: n / 10 and 5 (the published package), or 500 and 1 (the paper)',
    })
    .option('normalize', { ...SWITCH, describe: 'Scale embeddings to unit length first' })
    .option('bootstrap', { ...NUMBER, default: 100, describe: 'Resamples behind the intervals; 0 for none' })
    .option('seed', { ...NUMBER, default: 0, describe: 'Seed of everything random' })
    .option('fail-if', { ...TEXT, describe: 'Exit with code 2 if this holds, such as "fid>1.2"; may be given again' })
    .option('format', { ...FORMAT, describe: 'How to read texts' })
    .option('split', { ...TEXT, default: 'test', describe: 'Part of a folder with train and test parts' })
    .option('text', { ...TEXT, describe: 'Column of the text' })
    .option('label', { ...TEXT, describe: 'Column of the label' })
    .option('threads', {
      ...NUMBER,
      describe: 'Threads of the encoder and the figures; all cores when absent. Changes no figure',
    })
    .coerce('fail-if', (given: string | readonly string[]): readonly string[] => [given].flat());
}

type EvaluateArguments = ReturnType<typeof evaluateOptions> extends Argv<infer Arguments> ? Arguments : never;

async function figuresOf(
  sets: EvaluatedSets,
  metrics: readonly MetricName[] | undefined,
  { seed, bootstrap, normalize, mauve, threads }: EvaluateArguments,
  { reporter, signal }: CommandContext,
): Promise<Evaluation> {
  const progress = reporter.progress('evaluate');
  return evaluateSets(sets, {
    metrics,
    seed,
    bootstrap,
    normalize,
    mauve,
    threads: threads ?? availableParallelism(),
    signal,
    onProgress: ({ metric, stage, done }) => progress.update(Math.round(done * 100), 100, `${metric} ${stage}`),
  });
}
