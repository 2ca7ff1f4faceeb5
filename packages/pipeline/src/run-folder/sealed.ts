import { crc32 } from 'node:zlib';

// A file of unfinished work is a row of pieces, each as it was appended: `#mop BYTES CRC\n`, then its bytes. What a kill tore off at the end and what a
// disk changed are told apart from what is whole.
const HEAD = /^#mop (\d{1,12}) ([0-9a-f]{8})$/;
/** Longest head of a piece, bytes. */
const LONGEST_HEAD = 32;

/** A piece, to be appended as a whole. */
export function sealed(content: Uint8Array | string): Uint8Array {
  const bytes =
    typeof content === 'string'
      ? Buffer.from(content)
      : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const head = Buffer.from(`#mop ${bytes.length} ${crc32(bytes).toString(16).padStart(8, '0')}\n`);
  return new Uint8Array(Buffer.concat([head, bytes]));
}

/** Whole pieces of a file. */
export interface Unsealed {
  /** The pieces' bytes, one after the other, up to the first that is not whole. */
  readonly content: Uint8Array;
  /** torn: the last piece is cut short, as a kill leaves it; damaged: bytes were changed. */
  readonly state: 'whole' | 'torn' | 'damaged';
}

/** Takes a file of pieces apart. */
export function unsealed(file: Uint8Array): Unsealed {
  const pieces: Uint8Array[] = [];
  let state: Unsealed['state'] = 'whole';
  for (let at = 0; at < file.length && state === 'whole';) {
    const end = file.subarray(at, at + LONGEST_HEAD).indexOf(0x0a);
    const head = HEAD.exec(Buffer.from(file.subarray(at, at + Math.max(0, end))).toString('latin1'));
    if (end < 0 || head === null) {
      state = end < 0 && file.length - at < LONGEST_HEAD ? 'torn' : 'damaged';
      break;
    }
    const start = at + end + 1;
    const piece = file.subarray(start, start + Number(head[1]));
    if (piece.length < Number(head[1])) state = 'torn';
    else if (crc32(piece) !== Number.parseInt(head[2] ?? '', 16)) state = 'damaged';
    else pieces.push(piece);
    at = start + piece.length;
  }
  return { content: new Uint8Array(Buffer.concat(pieces)), state };
}
