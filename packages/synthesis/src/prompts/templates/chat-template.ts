import type { Content, OutputRules, Part, PromptTemplate, RoleTemplate, TurnTemplate } from '../template.js';

/** The words in which one chat template differs from the others. */
export interface ChatTemplateWords {
  readonly name: string;
  readonly description: string;
  /** Noun for the person who writes, such as `reporter`. */
  readonly writer: string;
  /** Completes "You write …". */
  readonly work: string;
  /** Completes "You write … such as this one". @defaultValue `work` */
  readonly workLike?: string;
  /** Completes "Write …": the first request. */
  readonly one: string;
  /** Completes "Write …": the request after an exemplar. */
  readonly another: string;
  /** Noun for one text, and for several. */
  readonly noun: readonly [one: string, several: string];
  /** Says the label, where the prompts can. */
  readonly label?: string;
  readonly context: string;
  /** Keywords and the persona that they make, as examples for `describePersona`. */
  readonly examples: Readonly<Record<string, string>>;
  readonly classes?: readonly string[];
  readonly labelWords?: Readonly<Record<string, string>>;
  readonly output: OutputRules;
}

/**
 * A chat template from its words. `generate` shows the exemplar as an earlier answer: docs/decisions/0050 compares the likelihoods of
 * the three ways.
 */
export function chatTemplate(words: ChatTemplateWords): PromptTemplate {
  const { writer, work, workLike = work, one, another, noun } = words;
  const [text, texts] = noun;
  const fromTurn = chat(
    system(`{persona} You write ${work}.`),
    user(`Write ${one}.`),
    { role: 'assistant', content: '{exemplar}' },
    request(words, `Write ${another}`),
  );
  return {
    name: words.name,
    description: words.description,
    roles: {
      generate: fromTurn,
      generateFromTurn: fromTurn,
      generateFromQuote: chat(
        system(`{persona} You write ${work}.`),
        request(words, `A ${text} of yours:\n{exemplar}\n\nWrite ${another} in the same style`),
      ),
      generateFromProfile: chat(
        system(`{persona} You write ${workLike} such as this one:\n{exemplar}`),
        request(words, `Write ${one}`),
      ),
      zeroShot: chat(system(`You write ${work}.`), request(words, `Write ${one}`)),
      describePersona: chat(
        system(`You describe a ${writer} from the words and ${texts} that the ${writer} writes.`),
        ...Object.entries(words.examples).flatMap(([keywords, persona]) => [
          user(`Words: ${keywords}`),
          { role: 'assistant' as const, content: persona },
        ]),
        user(`${capitalized(texts)}:\n{records}\nWords: {keywords}`),
      ),
      classifyPersona: chat(
        user(`{persona}\n\nWhich of these fits this ${writer} best: {labels}? Answer with one of them.`),
      ),
      mixPersonas: chat(
        system(
          `You merge descriptions of one ${writer} into a single one of one or two sentences that begin with "You are".`,
        ),
        user(`Descriptions:\n{personas}\n\n${capitalized(texts)} by the same ${writer}:\n{records}`),
      ),
    },
    keywordPersona: `You are a ${writer} who writes about {keywords}.`,
    ...(words.classes === undefined ? {} : { classes: words.classes }),
    ...(words.labelWords === undefined ? {} : { labelWords: words.labelWords }),
    output: words.output,
  };
}

function chat(...messages: readonly TurnTemplate[]): RoleTemplate {
  return { messages };
}

function system(content: Content): TurnTemplate {
  return { role: 'system', content };
}

function user(content: Content): TurnTemplate {
  return { role: 'user', content };
}

function request({ label, context }: ChatTemplateWords, text: string): TurnTemplate {
  const said: Part[] = label === undefined ? [] : [{ if: 'label', text: label }];
  return user([text, ...said, { if: 'context', text: context }, '.']);
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
