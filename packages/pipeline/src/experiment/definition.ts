import { METRIC_NAMES } from '@mixture-of-personas/metrics';
import { z } from 'zod';

const settings = z.record(z.string(), z.unknown());
const named = z.record(z.string().min(1), settings);
const seeds = z.array(z.number().int()).min(1);
const metric = z.enum(METRIC_NAMES);
const names = z.array(z.string().min(1)).min(1);
const vary = z.record(z.string(), z.array(z.union([z.string(), z.number(), z.boolean()])).min(1));

const scale = z.strictObject({
  seeds: seeds.optional(),
  /** Whether the paper's figures stand beside those of this scale, which they may where both are computed alike. @defaultValue true */
  paperFigures: z.boolean().optional(),
  set: settings.default({}),
  /** Data sets and methods of this scale; all when absent. */
  datasets: names.optional(),
  methods: names.optional(),
  /** Values that a sweep tries at this scale; the experiment's own when absent. */
  vary: vary.optional(),
  /** Settings of single methods and data sets at this scale, on top of their own. */
  methodSet: named.default({}),
  datasetSet: named.default({}),
});

/** A file whose scales and data sets several experiments share. */
export const sharedSchema = z.strictObject({
  scales: z.record(z.string(), scale).default({}),
  datasets: named.default({}),
});

/** An experiment file: what `mop compare` and `mop sweep` run. */
export const definitionSchema = z.strictObject({
  /** A file beside this one, whose scales and data sets stand below those of the same name here. */
  extends: z.string().min(1).optional(),
  title: z.string().min(1),
  note: z.string().optional(),
  /** Settings of every cell. */
  base: settings.default({}),
  scales: z.record(z.string(), scale).default({}),
  datasets: named.default({ '': {} }),
  /** Methods in the order they are run; a value may name the run folder of an earlier one as `{its name}`. */
  methods: named.default({ '': {} }),
  /** Settings that a sweep tries. */
  vary: vary.default({}),
  mode: z.enum(['each', 'grid', 'list']).default('each'),
  seeds: seeds.default([1]),
  /** Metrics of every cell and columns of the tables. @defaultValue those that the cells' settings ask for, or that suit their sizes */
  metrics: z.array(metric).min(1).optional(),
  /** Whether each data set's texts are drawn in one plane, method by method, for the first seed. */
  map: z.boolean().default(false),
  /** Whether the tables have a row of resampled exemplars. */
  resampled: z.boolean().default(true),
  /** The method that others are compared with. */
  reference: z.string().optional(),
  /** Figures as the paper prints them: by data set, method and metric. */
  paper: z.record(z.string(), z.record(z.string(), z.partialRecord(metric, z.number()))).default({}),
});

/** Settings by dotted name (`gate.topM`) or nested as in `mop.yaml`; later ones win. */
export type Settings = Readonly<Record<string, unknown>>;

/** Settings by dotted name with the values to try. */
export type Vary = z.infer<typeof vary>;

/** Size of an experiment. */
export type Scale = z.infer<typeof scale>;

/** An experiment file, read. */
export type Definition = z.infer<typeof definitionSchema>;

/** A file that experiments share, read. */
export type SharedParts = z.infer<typeof sharedSchema>;
