import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeChunks, decodeUtf8, firstMalformed } from '../../../src/data/text/utf8.js';

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += size) yield await Promise.resolve(bytes.subarray(i, i + size));
}

async function joined(bytes: Uint8Array, size: number): Promise<string> {
  let text = '';
  for await (const piece of decodeChunks(cut(bytes, size), 'x')) text += piece;
  return text;
}

describe('UTF-8', () => {
  it('finds a malformed byte exactly where the platform decoder refuses', () => {
    const refuses = (bytes: Uint8Array): boolean => {
      try {
        new TextDecoder('utf-8', { fatal: true }).decode(bytes);
        return false;
      } catch {
        return true;
      }
    };
    const byte = fc.oneof(
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom(0xe0, 0xed, 0xf0, 0xf4, 0x80, 0xa0, 0x9f, 0xc2),
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 12 }), (numbers) => {
        const bytes = Uint8Array.from(numbers);
        const at = firstMalformed(bytes);
        expect(at >= 0).toBe(refuses(bytes));
        if (at > 0) expect(refuses(bytes.subarray(0, at))).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives the same text however the bytes are cut', async () => {
    const text = 'zwölf 例 😀 end';
    for (let size = 1; size < 9; size++) expect(await joined(new TextEncoder().encode(text), size)).toBe(text);
  });

  it('leaves a byte order mark out at the start only', async () => {
    expect(await joined(new TextEncoder().encode('\uFEFFa\uFEFFb'), 3)).toBe('a\uFEFFb');
  });

  it('says the offset in the file, wherever the chunk starts', async () => {
    const bytes = Uint8Array.from([...new TextEncoder().encode('é'.repeat(50)), 0xe9, 0x20, 0x20]);
    await expect(joined(bytes, 7)).rejects.toThrow('byte 0xe9 at offset 100');
    expect(() => decodeUtf8(Uint8Array.from([0xff, 0xfe, 65, 0]), 'x')).toThrow(/offset 0/);
  });

  it('refuses a character cut off by the end', async () => {
    await expect(joined(Uint8Array.from([65, 0xf0, 0x9f]), 1)).rejects.toThrow('offset 1');
  });
});
