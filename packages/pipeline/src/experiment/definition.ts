import { METRIC_NAMES, type MetricName } from '@mixture-of-personas/metrics';
import { z } from 'zod';

/** Settings by dotted name (`gate.topM`) or nested as in `mop.yaml`; later ones win. */
export type Settings = Readonly<Record<string, unknown>>;

/** Figures as the paper prints them: by data set, method and metric. */
export type PaperFigures = Readonly<Record<string, Readonly<Record<string, Partial<Record<MetricName, number>>>>>>;

/** Settings by dotted name with the values to try. */
export type Vary = Readonly<Record<string, readonly (string | number | boolean)[]>>;

/** Size of an experiment. */
export interface Scale {
  readonly seeds?: readonly number[] | undefined;
  /** Whether the paper's figures stand beside those of this scale, which they may where both are computed alike. @defaultValue true */
  readonly paperFigures?: boolean | undefined;
  readonly set: Settings;
  /** Data sets and methods of this scale; all when absent. */
  readonly datasets?: readonly string[] | undefined;
  readonly methods?: readonly string[] | undefined;
  /** Values that a sweep tries at this scale; the experiment's own when absent. */
  readonly vary?: Vary | undefined;
  /** Settings of single methods and data sets at this scale, on top of their own. */
  readonly methodSet: Readonly<Record<string, Settings>>;
  readonly datasetSet: Readonly<Record<string, Settings>>;
}

/** An experiment file: what `mop compare` and `mop sweep` run. */
export interface Definition {
  readonly title: string;
  /** A file beside this one, whose scales and data sets stand below those of the same name here. */
  readonly extends?: string | undefined;
  readonly note?: string | undefined;
  /** Settings of every cell. */
  readonly base: Settings;
  readonly scales: Readonly<Record<string, Scale>>;
  readonly datasets: Readonly<Record<string, Settings>>;
  /** Methods in the order they are run; a value may name the run folder of an earlier one as `{its name}`. */
  readonly methods: Readonly<Record<string, Settings>>;
  /** Settings that a sweep tries. */
  readonly vary: Vary;
  readonly mode: 'each' | 'grid' | 'list';
  readonly seeds: readonly number[];
  /** Metrics of every cell and columns of the tables. @defaultValue those that the cells' settings ask for, or that suit their sizes */
  readonly metrics?: readonly MetricName[] | undefined;
  /** Whether each data set's texts are drawn in one plane, method by method, for the first seed. */
  readonly map: boolean;
  /** Whether the tables have a row of resampled exemplars. */
  readonly resampled: boolean;
  /** The method that others are compared with. */
  readonly reference?: string | undefined;
  readonly paper: PaperFigures;
}

const settings = z.record(z.string(), z.unknown());
const named = z.record(z.string().min(1), settings);
const seeds = z.array(z.number().int()).min(1);
const metric = z.enum(METRIC_NAMES);
const names = z.array(z.string().min(1)).min(1);

const vary = z.record(z.string(), z.array(z.union([z.string(), z.number(), z.boolean()])).min(1));

const scale = z.strictObject({
  seeds: seeds.optional(),
  paperFigures: z.boolean().optional(),
  set: settings.default({}),
  datasets: names.optional(),
  methods: names.optional(),
  vary: vary.optional(),
  methodSet: named.default({}),
  datasetSet: named.default({}),
});

/** A file whose scales and data sets several experiments share. */
export type SharedParts = Pick<Definition, 'scales' | 'datasets'>;

/** The schema of such a file. */
export const sharedSchema: z.ZodType<SharedParts> = z.strictObject({
  scales: z.record(z.string(), scale).default({}),
  datasets: named.default({}),
});

/** The schema of an experiment file. */
export const definitionSchema: z.ZodType<Definition> = z.strictObject({
  extends: z.string().min(1).optional(),
  title: z.string().min(1),
  note: z.string().optional(),
  base: settings.default({}),
  scales: z.record(z.string(), scale).default({}),
  datasets: named.default({ '': {} }),
  methods: named.default({ '': {} }),
  vary: vary.default({}),
  mode: z.enum(['each', 'grid', 'list']).default('each'),
  seeds: seeds.default([1]),
  metrics: z.array(metric).min(1).optional(),
  map: z.boolean().default(false),
  resampled: z.boolean().default(true),
  reference: z.string().optional(),
  paper: z.record(z.string(), z.record(z.string(), z.partialRecord(metric, z.number()))).default({}),
});
