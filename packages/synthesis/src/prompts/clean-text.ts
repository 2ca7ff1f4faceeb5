import type { Generation } from '@mixture-of-personas/llm';
import type { OutputRules } from './template.js';

const QUOTES: Readonly<Record<string, string>> = { '"': '"', '“': '”', "'": "'", '‘': '’', '«': '»', '`': '`' };
const PREAMBLE =
  /^(?:sure|certainly|of course|okay|ok|absolutely|here(?:['’]s| is| are))\b[^\n:.!]{0,120}(?:[!.][^\n:]{0,120})?:\s*/i;

/**
 * A generated text as a record of its population would stand: without what a chat model puts around it. In this order: control
 * characters go and line ends become `\n`; a preamble up to its colon ("Sure! Here is …:") and the template's headings ("News:") are cut off;
 * one pair of quotes or `**` around the whole is taken off; where texts are one line, what follows a blank line is dropped and line ends
 * become spaces. Nothing inside the text is changed, so that distances measure the model and not the cleaning.
 * @returns the text, possibly empty
 */
export function cleanText(raw: string, rules: OutputRules): string {
  let text = raw.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/g, '');
  text = withoutWrapping(text.trim().replace(PREAMBLE, ''));
  text = withoutWrapping(withoutHeading(text, rules.headings));
  if (rules.singleLine) text = firstParagraph(text);
  if (rules.asciiOnly === true) text = text.replace(/[^A-Za-z0-9(),.!?"']+/g, ' ');
  return text.trim();
}

/**
 * A text that stopped at the token limit, cut after its last whole sentence; unchanged when that would leave less than half of it, or when
 * the model ended it itself.
 */
export function cutUnfinished(text: string, finish: Generation['finish']): string {
  if (finish === 'end') return text;
  const ends = [...text.matchAll(/[.!?…。！？]["'”’)\]]*(?=\s)|[.!?…。！？]["'”’)\]]*$/gu)];
  const last = ends.at(-1);
  if (last === undefined) return text;
  const end = last.index + last[0].length;
  return end * 2 < text.length ? text : text.slice(0, end);
}

/** The lines before the first blank one as a single line. By lines, as a pattern with spaces around a line end takes quadratic time over a run of spaces. */
function firstParagraph(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const blank = lines.indexOf('');
  return lines.slice(0, blank < 0 ? lines.length : blank).join(' ');
}

/** Without one pair of quotes or asterisks around the whole; quotes that open and close inside stay. */
function withoutWrapping(text: string): string {
  const bare = text.trim();
  if (bare.length > 4 && bare.startsWith('**') && bare.endsWith('**') && !bare.slice(2, -2).includes('**')) {
    return bare.slice(2, -2).trim();
  }
  const close = QUOTES[bare.slice(0, 1)];
  if (close === undefined || bare.length < 2 || !bare.endsWith(close)) return bare;
  const inside = bare.slice(1, -1);
  return inside.includes(bare.slice(0, 1)) || inside.includes(close) ? bare : inside.trim();
}

function withoutHeading(text: string, headings: readonly string[]): string {
  for (const heading of headings) {
    const bold = text.startsWith('**') ? 2 : 0;
    const start = text.slice(bold, bold + heading.length);
    if (start.toLowerCase() !== heading.toLowerCase()) continue;
    const rest = text.slice(bold + heading.length);
    const colon = /^(?:\s*:\s*(?:\*\*)?|\*\*\s*:?)\s*/.exec(rest);
    if (colon !== null && colon[0].includes(':')) return rest.slice(colon[0].length);
  }
  return text;
}
