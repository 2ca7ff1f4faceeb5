import { UserError } from '../errors.js';
import { linesOf } from './lines.js';
import type { ByteChunks, RawRow } from './raw-row.js';

/**
 * One JSON object a line; blank lines are skipped.
 * @throws UserError `bad-json` with the line, when it is not JSON or not an object
 */
export async function* readJsonLines(chunks: ByteChunks, name: string): AsyncGenerator<RawRow> {
  for await (const { number, text } of linesOf(chunks, name)) {
    if (text.trim() === '') continue;
    yield { fields: objectOf(text, `${name} line ${number}`), where: `line ${number}`, key: String(number) };
  }
}

function objectOf(text: string, where: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      'bad-json',
      `${where} is not JSON: ${reason.length > 120 ? `${reason.slice(0, 117)}...` : reason}.`,
      {
        suggestion: 'Each line must be one JSON object, such as {"text": "…"}.',
      },
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new UserError('bad-json', `${where} is not a JSON object.`, {
    suggestion: 'Each line must be one JSON object, such as {"text": "…"}.',
  });
}
