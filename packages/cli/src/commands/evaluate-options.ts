import { METRIC_NAMES } from '@mixture-of-personas/metrics';
import type { Argv } from 'yargs';
import type { RecordFormat } from '@mixture-of-personas/pipeline';
import { FORMAT, NUMBER, REQUIRED, SWITCH, TEXT } from './flag-kinds.js';

/** Arguments of `mop evaluate`. */
export interface EvaluateArguments {
  readonly synthetic: string;
  readonly golden: string;
  readonly exemplars: string | undefined;
  readonly encoder: string | undefined;
  readonly metrics: string | undefined;
  readonly mauve: 'library' | 'paper';
  readonly normalize: boolean;
  readonly bootstrap: number;
  readonly seed: number;
  /** Set by the flag of the same name, which may be given again. */
  readonly 'fail-if': readonly string[] | undefined;
  readonly format: RecordFormat;
  readonly split: string;
  readonly text: string | undefined;
  readonly label: string | undefined;
  readonly threads: number | undefined;
}

/** The flags of `mop evaluate`. */
export function evaluateOptions(yargs: Argv): Argv<EvaluateArguments> {
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
