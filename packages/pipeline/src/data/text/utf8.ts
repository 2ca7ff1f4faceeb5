import { UserError } from '../../errors.js';

/**
 * Position of the first byte that is not part of well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above
 * U+10FFFF), or −1. A sequence cut off at the end counts as malformed.
 */
export function firstMalformed(bytes: Uint8Array): number {
  let at = 0;
  for (const part of new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).split('\uFFFD')) {
    at += Buffer.byteLength(part);
    if (at === bytes.length) return -1;
    // The decoder writes U+FFFD for what is malformed; the file may also hold that character itself.
    if (bytes[at] !== 0xef || bytes[at + 1] !== 0xbf || bytes[at + 2] !== 0xbd) return at;
    at += 3;
  }
  return -1;
}

/**
 * Bytes as text; a byte order mark is left out.
 * @param bytes well-formed UTF-8, whole characters
 * @param name what is read, for the message
 * @param base position of the first byte in the file
 * @throws UserError `not-utf8` with the byte offset
 */
export function decodeUtf8(bytes: Uint8Array, name: string, base = 0): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return base === 0 && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  } catch {
    const at = Math.max(0, firstMalformed(bytes));
    const byte = (bytes[at] ?? 0).toString(16).padStart(2, '0');
    const remedy =
      base + at === 0 && bytes[0] !== undefined && bytes[0] >= 0xfe
        ? 'It looks like UTF-16: convert it with iconv -f UTF-16 -t UTF-8.'
        : 'Convert it from its own encoding, for Western European text with iconv -f WINDOWS-1252 -t UTF-8.';
    const problem = `${name} is not UTF-8: byte 0x${byte} at offset ${base + at} starts no character.`;
    throw new UserError('not-utf8', problem, { remedy });
  }
}

/** Chunks of bytes as chunks of text, cut only between characters. @throws UserError `not-utf8` with the byte offset */
export async function* decodeChunks(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string, void> {
  let rest: Uint8Array = new Uint8Array(0);
  let base = 0;
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = wholeCharacters(bytes);
    if (whole > 0) yield decodeUtf8(bytes.subarray(0, whole), name, base);
    rest = bytes.slice(whole);
    base += whole;
  }
  if (rest.length > 0) yield decodeUtf8(rest, name, base);
}

/** Bytes up to the last sequence that may be cut off by the end of the chunk. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}
