import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeGate, encodeGate, gateTensors, type GateAbout } from '../../src/format/gate-format.js';
import { encodeTensors } from '../../src/format/safetensors.js';
import { randomGate } from '../../src/mixture/initial.js';

const gate = randomGate({ d: 5, personas: 3, hidden: 2, temperature: 0.7 });
const about: GateAbout = { input: 'record', encoder: 'toy', center: Float64Array.of(1, 2, 3, 4, 5) };
const files = encodeGate(gate, about);

/** The weights with another header. */
function withHeader(change: (header: Record<string, Record<string, unknown>>) => unknown): Uint8Array {
  const length = Number(new DataView(files.weights.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(files.weights.subarray(8, 8 + length))) as Record<
    string,
    Record<string, unknown>
  >;
  const text = new TextEncoder().encode(JSON.stringify(change(header) ?? header));
  const bytes = new Uint8Array(8 + text.length + files.weights.length - 8 - length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(files.weights.subarray(8 + length), 8 + text.length);
  return bytes;
}

/** A gate.json as an earlier version has it. */
const asVersion = (version: number, description: string): string =>
  description.replace('"version": 3', `"version": ${version}`).replace('normalization', 'normalisation');

describe('encodeGate and decodeGate', () => {
  it('give back the same bits, the same bytes for the same gate', () => {
    const decoded = decodeGate(files);
    expect(decoded).toEqual({ gate, about });
    expect(encodeGate(decoded.gate, decoded.about)).toEqual(files);
    const raw = encodeGate(gate, { input: 'none', encoder: 'x' });
    expect(decodeGate(raw).about).toEqual({ input: 'none', encoder: 'x' });
  });

  it('read version 1, which has no biases, as a gate of zero biases', () => {
    const tensors = Object.fromEntries(Object.entries(gateTensors(gate)).filter(([name]) => !name.startsWith('b_')));
    const weights = encodeTensors({ tensors, metadata: {} });
    const raw = encodeGate(gate, { input: 'record', encoder: 'toy' }).description;
    expect(decodeGate({ weights, description: asVersion(1, raw) }).gate).toEqual(gate);
  });

  it('read version 2, whose center has another name', () => {
    const tensors = { ...gateTensors(gate), centre: { shape: [5], data: about.center ?? new Float64Array() } };
    const weights = encodeTensors({ tensors, metadata: {} });
    const description = asVersion(2, files.description);
    expect(decodeGate({ weights, description })).toEqual({ gate, about });
    expect(() => decodeGate({ ...files, weights })).toThrow(/two gates/);
    expect(() => decodeGate({ weights, description: description.replace('normalisation', 'normal') })).toThrow(
      /normalisation must be a string/,
    );
  });

  it("read Node's Buffer, whose slices share memory, as any other bytes", () => {
    const inAPool = Buffer.concat([Buffer.alloc(8), files.weights]).subarray(8);
    expect(decodeGate({ ...files, weights: inAPool }).gate).toEqual(gate);
  });

  it.each([
    ['nothing', new Uint8Array(0), /0 bytes/],
    ['a header longer than the file', Uint8Array.from([255, 255, 255, 255, 255, 255, 255, 127, 0]), /cut short/],
    ['no JSON', withHeader(() => 'x').fill(0xff, 8, 11), /not JSON/],
    ['a list', withHeader(() => []), /not a JSON object/],
    ['another type', withHeader((h) => void (h['W_x']['dtype'] = 'F32')), /W_x is not of type F64/],
    ['a huge shape', withHeader((h) => void (h['W_x']['shape'] = [2 ** 40, 5])), /W_x of shape .* needs/],
    ['a negative size', withHeader((h) => void (h['W_x']['shape'] = [-2, -5])), /whole numbers/],
    ['offsets elsewhere', withHeader((h) => void (h['W_x']['data_offsets'] = [8, 88])), /W_x lies at bytes 8/],
    ['a missing tensor', withHeader((h) => void delete h['tau']), /lies at bytes|after its last tensor|tau/],
    ['a tensor of another name', withHeader((h) => ((h['nu'] = h['tau']), void delete h['tau'])), /tau|lies at/],
    ['metadata of numbers', withHeader((h) => void (h['__metadata__'] = { a: 1 })), /__metadata__.a/],
    ['too few bytes', files.weights.subarray(0, files.weights.length - 8), /lies at bytes/],
    ['too many bytes', Uint8Array.from([...files.weights, 0]), /1 bytes after/],
  ])('refuse %s with a sentence', (_, weights, message) => {
    expect(() => decodeGate({ ...files, weights })).toThrow(message);
  });

  it.each([
    ['{', /not JSON/],
    ['{"format":"pizza"}', /format/],
    [files.description.replace('"version": 3', '"version": 4'), /version 4; this build reads versions 1 to 3/],
    [files.description.replace('"hidden": 2', '"hidden": 0'), /hidden must be/],
    [files.description.replace('"hidden": 2', '"hidden": 4'), /W_x should be 4 × 5, but is 2 × 5/],
    [files.description.replace('"record"', '"all"'), /input must be/],
    [files.description.replace('"toy"', '7'), /encoder must be/],
    [files.description.replace('minus center, then unit rows', 'none'), /two gates/],
  ])('refuse a description that does not fit: %#', (description, message) => {
    expect(() => decodeGate({ ...files, description })).toThrow(message);
  });

  it('never fail on damaged bytes but with a GateFormatError', () => {
    fc.assert(
      fc.property(fc.nat(files.weights.length - 1), fc.nat(255), fc.nat(files.weights.length), (at, value, cut) => {
        const weights = files.weights.slice(0, Math.max(cut, at + 1));
        weights[at] = value;
        try {
          decodeGate({ ...files, weights });
        } catch (error) {
          expect(error).toMatchObject({ code: 'gate-format' });
        }
      }),
      { numRuns: 500 },
    );
  });

  it('refuse to write numbers that are not finite, or a temperature of 0', () => {
    expect(() => encodeGate({ ...gate, temperatures: Float64Array.of(1, 0, 1) }, about)).toThrow(/above 0/);
    expect(() => encodeGate({ ...gate, temperatures: Float64Array.of(1, NaN, 1) }, about)).toThrow(/finite/);
  });
});
