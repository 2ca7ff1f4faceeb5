import { availableParallelism } from 'node:os';
import type { CommandModule } from 'yargs';
import {
  evaluateSets,
  METRICS,
  type EvaluatedSets,
  type Evaluation,
  type MetricName,
} from '@mixture-of-personas/metrics';
import { defineCommand, type CommandContext } from '../terminal/command-context.js';
import { crossed, figuresText, loadSets, metricsOf, thresholdOf } from '@mixture-of-personas/pipeline';
import { EXIT } from '../terminal/exit-codes.js';
import { widthOf } from '../terminal/io.js';
import { evaluateOptions, type EvaluateArguments } from './evaluate-options.js';

/** Metrics that need what those chosen by `defaultMetrics` do, which are known once the sets are read. */
const USUAL: readonly MetricName[] = ['frechet', 'mauve', 'cosine-kl'];

/** `mop evaluate`: how close one set of texts or embeddings is to another; needs no configuration and no run folder. */
export function evaluateCommand(context: CommandContext): CommandModule {
  const { reporter, io } = context;
  return defineCommand<EvaluateArguments>({
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
      reporter.result(data, figuresText(figures, METRICS, widthOf(io.stdout)));
    },
  });
}

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
