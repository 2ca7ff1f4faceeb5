/** Names of values in a prompt. A role says which of them it needs and which it may use. */
export type Placeholder = 'persona' | 'exemplar' | 'context' | 'label' | 'records' | 'labels' | 'personas' | 'keywords';

/** A piece of a prompt; `{name}` stands for a value, `{{` and `}}` for braces. */
export type Part =
  | string
  /** Left out when the record has no such value. */
  | { readonly if: 'context' | 'label'; readonly text: string };

/** One piece, or several put one after the other with nothing between them. */
export type Content = Part | readonly Part[];

/** A turn of a chat. */
export interface TurnTemplate {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: Content;
}

/** Chat turns for the model's own chat template, or one text for a base model, taken as it is. */
export type RoleTemplate = { readonly messages: readonly TurnTemplate[] } | { readonly text: Content };

/** Purposes of prompts. The `generate…` roles are one task and introduce the exemplar in different ways, or not at all. */
export type Role =
  /** Write a text as the persona; the way of introducing the exemplar that this template recommends. */
  | 'generate'
  /** The exemplar is the writer's own earlier answer: an assistant turn. */
  | 'generateFromTurn'
  /** The exemplar is quoted in the request. */
  | 'generateFromQuote'
  /** The exemplar belongs to the description of who writes: the system turn. */
  | 'generateFromProfile'
  /** No exemplar, the persona alone; where a template has no such role, its `zeroShot` prompt with the persona in front. */
  | 'generateWithoutExemplar'
  /** The same task without persona and exemplar. */
  | 'zeroShot'
  | 'describePersona'
  | 'classifyPersona'
  | 'mixPersonas';

/** The roles that write a text for a (persona, exemplar) pair. */
export type GenerateRole = Extract<Role, `generate${string}`>;

/** All prompts of one data set, as data: what a template file holds. */
export interface PromptTemplate {
  readonly name: string;
  /** One line for people. */
  readonly description: string;
  readonly roles: Readonly<Partial<Record<Role, RoleTemplate>>>;
  /** Persona text from `{keywords}`. */
  readonly keywordPersona: string;
  /** The classes of the data set, for `classifyPersona`. */
  readonly classes?: readonly string[];
  /** Words for the labels of records in prompts, such as `2` → `positive`; others stand as they are. */
  readonly labelWords?: Readonly<Record<string, string>>;
  readonly output: OutputRules;
}

/** Limits and cleaning of the texts of a data set. */
export interface OutputRules {
  /** Tokens at most, unless the caller says otherwise. */
  readonly maxTokens: number;
  /** Headings a model may put before its text, such as `News`; cut off with the colon. */
  readonly headings: readonly string[];
  /** Whether a text is one line: what follows a blank line is dropped, line ends become spaces. */
  readonly singleLine: boolean;
  /** Whether all but ASCII letters, digits and `( ) , . ! ? " '` become spaces, as in AttrPrompt's released sets; it moves distances. */
  readonly asciiOnly?: boolean;
}
