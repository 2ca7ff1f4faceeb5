import type { Encoder } from '@mixture-of-personas/encoder';
import type { LanguageModel } from '@mixture-of-personas/llm';
import { SettingError, type Matrix } from '@mixture-of-personas/numeric';
import type { PromptTemplate } from '../prompts/template.js';
import type { Persona, PopulationRecord, SyntheticRow } from '../record.js';
import type { SimulateOptions } from '../simulate/simulate.js';
import type { AttributeFile } from './attributes.js';

/** A setting of a text source: its type, range and default, from which a command line, a schema and a page of docs derive. */
export type SettingFact =
  | {
      readonly kind: 'number';
      readonly whole?: true;
      readonly least?: number;
      /** Exclusive lower bound. */
      readonly above?: number;
      readonly most?: number;
      readonly default?: number;
      readonly about: string;
    }
  | { readonly kind: 'flag'; readonly default: boolean; readonly about: string }
  | { readonly kind: 'choice'; readonly of: readonly string[]; readonly default: string; readonly about: string }
  /** `path` is relative to the file that names it; `text` is any string. Absent unless given. */
  | { readonly kind: 'path' | 'text'; readonly about: string };

/** Settings by name. */
export type SettingFacts = Readonly<Record<string, SettingFact>>;

/** A value of a setting; undefined where it is optional and absent. */
export type SettingValue = number | boolean | string | undefined;

type ValueOf<Fact extends SettingFact> = Fact extends { readonly kind: 'number' }
  ? Fact extends { readonly default: number }
    ? number
    : number | undefined
  : Fact extends { readonly kind: 'flag' }
    ? boolean
    : Fact extends { readonly kind: 'choice' }
      ? Fact['of'][number]
      : string | undefined;

/** Values of the settings that facts describe. */
export type ValuesOf<Facts extends SettingFacts> = { readonly [Name in keyof Facts]: ValueOf<Facts[Name]> };

/**
 * Material that a source may need; a run prepares nothing that its source does not name. `scores`: log-likelihoods by the run's language model;
 * `earlier`: the rows before a block, so that blocks are written one after the other.
 */
export type SourceNeed = 'personas' | 'exemplars' | 'encoder' | 'classes' | 'scores' | 'earlier';

/** Everything a source may draw on. Functions are called only by sources that need them. */
export interface SourceContext {
  readonly model: LanguageModel;
  readonly template: PromptTemplate;
  /** Training records. */
  readonly records: readonly PopulationRecord[];
  /** Seed of the texts. */
  readonly seed: number;
  /** Settings that all sources share with the mixture. */
  readonly texts: Omit<SimulateOptions, 'count' | 'seed' | 'from' | 'signal'>;
  /** Temperature of the mixture that is compared with the source: one, or one per persona. */
  readonly mixtureTemperature: number | Float64Array;
  readonly signal?: AbortSignal | undefined;
  readonly encoder: Pick<Encoder, 'embed'>;
  readonly personas: () => Promise<readonly Persona[]>;
  readonly exemplars: () => Promise<SourceExemplars>;
  readonly readFile: (path: string) => Promise<string>;
  /** Reads the `.txt` and `.jsonl` files below a folder. */
  readonly readFolder: (path: string) => Promise<readonly AttributeFile[]>;
  /** Opens a second language model; the source closes it. */
  readonly openModel: (name: string) => Promise<LanguageModel>;
}

/** The exemplars of the mixture that is compared with. */
export interface SourceExemplars {
  readonly exemplars: readonly PopulationRecord[];
  /** N × d. */
  readonly embeddings: Matrix;
}

/** Writes rows `from` … `to − 1`; `earlier` holds rows 0 … from − 1 and may be left out where the source does not need it. */
export type TextWriter = (from: number, to: number, earlier?: readonly SyntheticRow[]) => AsyncIterable<SyntheticRow>;

/** A way of making texts that a mixture is compared with. */
export interface TextSource {
  /** Value of `method.name`, in kebab case. */
  readonly name: string;
  /** Name in tables. */
  readonly title: string;
  /** One line for docs: the prompt, and the difference from its paper. */
  readonly about: string;
  /** arXiv number of its paper. */
  readonly paper?: string;
  readonly needs: readonly SourceNeed[];
  readonly settings: SettingFacts;
  /**
   * Prepares the writer: reads files, asks the model for lists or scores.
   * @throws SettingError for settings out of range; BaselineError for missing material
   */
  make(context: SourceContext, settings: Readonly<Record<string, SettingValue>>): Promise<TextWriter>;
}

/** A source whose `make` gets its settings checked, typed and with defaults. */
export interface SourceDefinition<Facts extends SettingFacts> extends Omit<TextSource, 'settings' | 'make'> {
  readonly settings: Facts;
  make(context: SourceContext, settings: ValuesOf<Facts>): Promise<TextWriter>;
}

/** A text source from its definition. */
export function defineSource<const Facts extends SettingFacts>(definition: SourceDefinition<Facts>): TextSource {
  return {
    ...definition,
    make: (context, given) => definition.make(context, valuesOf(definition.name, definition.settings, given)),
  };
}

function valuesOf<Facts extends SettingFacts>(
  where: string,
  facts: Facts,
  given: Readonly<Record<string, SettingValue>>,
): ValuesOf<Facts> {
  const values = Object.entries(facts).map(([name, fact]) => [name, checked(where, name, fact, given[name])]);
  return Object.fromEntries(values) as ValuesOf<Facts>;
}

function checked(where: string, name: string, fact: SettingFact, given: SettingValue): SettingValue {
  const value = given ?? ('default' in fact ? fact.default : undefined);
  if (value === undefined || fits(fact, value)) return value;
  throw new SettingError(where, name, expectationOf(fact), value);
}

function fits(fact: SettingFact, value: SettingValue): boolean {
  switch (fact.kind) {
    case 'number': {
      const { whole = false, least = -Infinity, above = -Infinity, most = Infinity } = fact;
      if (typeof value !== 'number' || (whole && !Number.isSafeInteger(value))) return false;
      return value >= least && value > above && value <= most;
    }
    case 'flag':
      return typeof value === 'boolean';
    case 'choice':
      return typeof value === 'string' && fact.of.includes(value);
    case 'path':
    case 'text':
      return typeof value === 'string' && value !== '';
  }
}

function expectationOf(fact: SettingFact): string {
  if (fact.kind === 'flag') return 'true or false';
  if (fact.kind === 'choice') return `one of ${fact.of.join(', ')}`;
  if (fact.kind !== 'number') return 'a string';
  const bounds = Object.entries({ from: fact.least, above: fact.above, to: fact.most });
  const said = bounds.flatMap(([word, bound]) => (bound === undefined ? [] : [` ${word} ${bound}`]));
  return `a ${fact.whole === true ? 'whole ' : ''}number${said.join('')}`;
}
