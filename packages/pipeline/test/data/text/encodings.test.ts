import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDelimited } from '../../../src/data/tables/delimited.js';
import { textOf } from '../../../src/data/text/encodings.js';
import { parseExact } from '../../../src/data/tables/jsonl.js';
import { linesOf } from '../../../src/data/text/lines.js';
import { loadRecords } from '../../../src/data/records.js';
import type { ByteChunks } from '../../../src/data/text/raw-row.js';
import { scratch } from '../../support/scratch.js';

function chunks(content: string | Uint8Array, size: number): ByteChunks {
  const bytes = Buffer.from(content);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return Readable.from(pieces);
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const ENDS = fc.constantFrom('\n', '\r\n', '\r');
const WORD = fc.stringMatching(/^[a-zé😀]{1,6}$/u);

describe('line ends, mixed in one file and cut anywhere by the disk', () => {
  it('end a line', async () => {
    const lines = fc.array(fc.tuple(WORD, ENDS), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 1, max: 7 }), async (pairs, size) => {
        const found = await all(linesOf(chunks(pairs.flat().join(''), size), 'x'));
        expect(found).toEqual(pairs.map(([text], i) => ({ number: i + 1, text })));
      }),
    );
  });

  it('end a row, and stay as they are within quotes', async () => {
    const rows = fc.array(fc.tuple(WORD, ENDS, WORD, ENDS), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(rows, ENDS, fc.integer({ min: 1, max: 7 }), async (parts, end, size) => {
        const written = parts.map(([text, inside, label, after]) => `"${text}${inside}x",${label}${after}`).join('');
        const found = await all(readDelimited(chunks(`text,label${end}${written}`, size), 'x', { delimiter: ',' }));
        expect(found.map(({ fields }) => fields)).toEqual(
          parts.map(([text, inside, label]) => ({ text: `${text}${inside}x`, label })),
        );
      }),
    );
  });
});

describe('encodings', () => {
  it('give the same text however the bytes are cut: UTF-16 and gzip', async () => {
    const text = 'text,label\nzwölf 例 😀,x\n';
    const little = Buffer.from(`\uFEFF${text}`, 'utf16le');
    for (const content of [little, Buffer.from(little).swap16(), gzipSync(text), gzipSync(little)]) {
      for (let size = 1; size < 12; size++) {
        expect((await all(textOf(chunks(content, size), 'x'))).join('')).toBe(text);
      }
    }
  });

  it('leave a short file as it is', async () => {
    for (const text of ['', 'a', 'ab', '\n']) expect((await all(textOf(chunks(text, 1), 'x'))).join('')).toBe(text);
  });

  it('do not let a small gzip file fill the memory with one line', async () => {
    const bomb = gzipSync(Buffer.alloc(80 * 2 ** 20, 97));
    const folder = await scratch({ 'a.jsonl.gz': bomb });
    await expect(loadRecords({ path: join(folder, 'a.jsonl.gz') })).rejects.toMatchObject({ code: 'long-line' });
  });
});

describe('JSON with exact integers', () => {
  it('is that of JSON.parse but for integers beyond 2^53', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // Digits in a text make the exact parser run.
        const text = JSON.stringify({ value, digits: '12345678901234567890' });
        const rounded = JSON.stringify(parseExact(text), (_, part: unknown) =>
          typeof part === 'bigint' ? Number(part) : part,
        );
        expect(JSON.parse(rounded)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('keeps every digit of an integer', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), (integer) => {
        expect(String((parseExact(`{"id": ${integer}}`) as { id: unknown }).id)).toBe(String(integer));
      }),
    );
  });

  it('leaves texts, fractions and keys untouched, and takes the last of two equal keys', () => {
    const text =
      '{"a": "9007199254740993", "9007199254740993": [9007199254740993.5, -1e20], "b": "\\u0031\\"9007199254740993", "b": "c", "__proto__": 1}';
    expect(parseExact(text)).toEqual(JSON.parse(text));
    expect(Object.hasOwn(parseExact(text) as object, '__proto__')).toBe(true);
  });
});
