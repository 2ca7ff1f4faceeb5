import { Template } from '@huggingface/jinja';
import { reasonOf } from '@mixture-of-personas/models';
import { ModelError } from '../model/errors.js';
import type { ChatMessage } from '../model/language-model.js';

/** A value that a chat template can read by name. */
export type TemplateValue = string | number | boolean | null;

/** Settings of a chat template. */
export interface TemplateSettings {
  /** Variables given to the template, over those that are set here. @defaultValue `{ enable_thinking: false }` */
  readonly templateVariables?: Readonly<Record<string, TemplateValue>> | undefined;
  /** The date that a template prints, `YYYY-MM-DD`. @defaultValue the template's own fallback; 2024-07-26 where it has none */
  readonly date?: string | undefined;
}

/** Renders chat turns as the model was trained on them. */
export interface ChatTemplate {
  /** Variables that the template reads, with the values it is given. */
  readonly variables: Readonly<Record<string, TemplateValue>>;
  /** Whether the template refuses or ignores a system turn, so that its text goes before the first user's, a blank line between. */
  readonly foldsSystem: boolean;
  /**
   * @param opening whether the beginning of the assistant's turn follows
   * @throws ModelError `prompt` when the template refuses the turns or leaves out the text of one
   */
  render(this: void, messages: readonly ChatMessage[], opening: boolean): string;
}

/** Characters of a template at most, twice as many as the longest in use: the time to read one grows with the square of the spaces in a row. */
const LONGEST_TEMPLATE = 2 ** 15;
/** Numbers that a template may count over in one rendering: those in use count messages, and one that counts to a billion ends the process. */
const MOST_COUNTED = 100_000;
/** The date of templates that print today's and have no fallback: it must not change overnight. The fallback of Llama 3's templates. */
const FIXED_DATE = '2024-07-26';

/**
 * Reads a chat template.
 * @param tokens the special tokens that templates name, such as `bos_token`
 * @throws RangeError when it is too long, Error when it is no template
 */
export function readChatTemplate(
  source: string,
  tokens: Readonly<Record<string, string>>,
  { templateVariables = {}, date }: TemplateSettings = {},
): ChatTemplate {
  if (date !== undefined) formatDate(date, ''); // refuses what is no date
  if (source.length > LONGEST_TEMPLATE) throw new RangeError(`a chat template of ${source.length} characters`);
  // The library has `range` and `strftime_now` already, so they are replaced inside the template; the latter stays undefined where no date is
  // given, which is when templates take their fallback. A line end after a block is dropped, so one that was there is written twice.
  const replaced = '{% set range = counted_range %}{% set strftime_now = fixed_clock %}';
  const template = new Template(`${replaced}${source.startsWith('\n') ? '\n' : ''}${source}`);
  const variables = { ...variablesOf(source, date), ...templateVariables };
  const renderWith =
    (clock: ((format: string) => string) | undefined) =>
    (messages: readonly ChatMessage[], opening: boolean): string => {
      const turns = messages.map(({ role, content }) => ({ role, content }));
      const given = { messages: turns, add_generation_prompt: opening, tools: null, documents: null };
      const fixed = clock === undefined ? {} : { fixed_clock: clock };
      return template.render({ ...tokens, ...variables, ...given, ...fixed, counted_range: rangeWithin(MOST_COUNTED) });
    };
  const clock = (format: string): string => formatDate(date ?? FIXED_DATE, format);
  const needsClock = date !== undefined || attempt(renderWith(undefined), USER) === undefined;
  const render = renderWith(needsClock ? clock : undefined);
  const works = attempt(render, USER) !== undefined;
  const usesClock = needsClock && /\bstrftime_now\b/.test(source) && works;
  const foldsSystem = works && attempt(render, SYSTEM, USER)?.includes(SYSTEM.content) !== true;
  return {
    variables: usesClock ? { ...variables, strftime_now: date ?? FIXED_DATE } : variables,
    foldsSystem,
    render: (messages, opening) => checked(render, foldsSystem ? withoutSystem(messages) : messages, opening),
  };
}

const ADVICE = 'give prompts that it takes, or give them as text.';

type Render = (messages: readonly ChatMessage[], opening: boolean) => string;

const USER: ChatMessage = { role: 'user', content: 'XQZU' };
const SYSTEM: ChatMessage = { role: 'system', content: 'XQZS' };

/** Variables that the template's text names: thinking is off, and the date is the one it falls back to. */
function variablesOf(source: string, date: string | undefined): Record<string, TemplateValue> {
  const variables: Record<string, TemplateValue> = {};
  if (/\benable_thinking\b/.test(source)) variables['enable_thinking'] = false;
  if (/\bdate_string\b/.test(source)) {
    const fallback = /\bset\s+date_string\s*=\s*(["'])(.*?)\1/.exec(source)?.[2];
    variables['date_string'] =
      fallback === undefined || date !== undefined ? formatDate(date ?? FIXED_DATE, '%d %b %Y') : fallback;
  }
  return variables;
}

/** The rendered turns; undefined where the template fails. */
function attempt(render: Render, ...messages: readonly ChatMessage[]): string | undefined {
  try {
    return render(messages, true);
  } catch {
    return undefined;
  }
}

/** The text of system turns before that of the next user's turn, a blank line between. */
function withoutSystem(messages: readonly ChatMessage[]): ChatMessage[] {
  const turns: ChatMessage[] = [];
  let held: string[] = [];
  for (const { role, content } of messages) {
    if (role === 'system') held.push(content);
    else if (role === 'user' && held.length > 0) {
      turns.push({ role, content: [...held, content].join('\n\n') });
      held = [];
    } else turns.push({ role, content });
  }
  if (held.length === 0) return turns;
  const problem = "The model's chat template takes no system turn, and no user turn follows to hold its text.";
  throw new ModelError('prompt', `${problem} Add a user turn, or give prompts as text.`);
}

function checked(render: Render, messages: readonly ChatMessage[], opening: boolean): string {
  let text: string;
  try {
    text = render(messages, opening);
  } catch (error) {
    const problem = `The model's chat template refuses these messages (${reasonOf(error)})`;
    throw new ModelError('prompt', `${problem}; ${ADVICE}`, { cause: error });
  }
  // Templates of thinking models drop the thoughts of earlier turns on purpose.
  const lost = messages.find(({ content }) => !content.includes('</think>') && !text.includes(content.trim()));
  if (lost === undefined) return text;
  const shown = JSON.stringify(lost.content.slice(0, 40));
  const problem = `The model's chat template leaves out the text of a ${lost.role} turn (${shown})`;
  throw new ModelError('prompt', `${problem}; ${ADVICE}`);
}

/** Python's `range` as lists that hold so many numbers together, at most. */
function rangeWithin(most: number): (start: number, stop?: number, step?: number) => number[] {
  let left = most;
  return (start, stop, step = 1) => {
    const [from, to] = stop === undefined ? [0, start] : [start, stop];
    const count = Math.max(0, Math.ceil((to - from) / step));
    left -= count;
    if (!(left >= 0)) throw new RangeError(`it counts over more than ${most} numbers`);
    return Array.from({ length: count }, (_, i) => from + i * step);
  };
}

/**
 * A day as Python's strftime writes it, midnight, in English.
 * @param date `YYYY-MM-DD`
 * @throws ModelError `prompt` when it is no date
 */
function formatDate(date: string, format: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || Number.isNaN(day.getTime())) {
    throw new ModelError('prompt', `The date ${JSON.stringify(date)} is no day; write it as YYYY-MM-DD.`);
  }
  const name = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' }).format(day);
  const [year = '', month = '', dayOfMonth = ''] = date.split('-');
  const parts: Readonly<Record<string, string>> = {
    Y: year,
    y: year.slice(2),
    m: month,
    d: dayOfMonth,
    '-d': String(Number(dayOfMonth)),
    '-m': String(Number(month)),
    b: name({ month: 'short' }),
    B: name({ month: 'long' }),
    a: name({ weekday: 'short' }),
    A: name({ weekday: 'long' }),
    H: '00',
    M: '00',
    S: '00',
    '%': '%',
  };
  return format.replace(/%(-?[a-zA-Z%])/g, (whole, key: string) => parts[key] ?? whole);
}
